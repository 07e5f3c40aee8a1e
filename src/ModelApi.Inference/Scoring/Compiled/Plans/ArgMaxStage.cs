using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Plans;

/// <summary>ONNX ArgMax over the columns.</summary>
/// <param name="inputs">The columns.</param>
/// <param name="isLast">Whether the last of equal largest values counts, not the first.</param>
/// <param name="output">The register for the index.</param>
internal sealed class ArgMaxStage(Column[] inputs, bool isLast, int output) : RowStage(inputs, output)
{
    protected override void Run(Span<float> values, int row, Block block)
    {
        var largest = 0;
        for (var i = 1; i < values.Length; i++)
        {
            largest = values[i] > values[largest] || (isLast && values[i] == values[largest]) ? i : largest;
        }

        block.Register(FirstOutput)[row] = largest;
    }
}
