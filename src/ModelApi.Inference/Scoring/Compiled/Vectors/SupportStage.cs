using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Vectors;

/// <summary>Compares rows with support vectors.</summary>
internal abstract class SupportStage(Column[] inputs, SupportVectors vectors, int firstOutput) : RowStage(inputs, firstOutput)
{
    protected override int ScratchLength => vectors.Length;

    protected sealed override void Run(Span<float> values, int row, Block block)
    {
        var nearness = Scratch(block);
        vectors.Compare(values, nearness);
        Finish(nearness.AsSpan(0, vectors.Count), row, block);
    }

    /// <summary>Computes the answer to one row.</summary>
    /// <param name="nearness">How near each vector is.</param>
    /// <param name="row">The row's index in the block.</param>
    /// <param name="block">Receives the results.</param>
    protected abstract void Finish(ReadOnlySpan<float> nearness, int row, Block block);
}
