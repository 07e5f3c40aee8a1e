namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>One column of a matrix that a graph computes, described by how it follows from the features.</summary>
/// <remarks>Nothing is computed until a stage reads it. Equal columns are the same object.</remarks>
internal abstract class Column
{
    /// <summary>The column with another step at its end.</summary>
    /// <returns>Null when the step needs a stage of its own.</returns>
    public abstract Column? Then(Step step);

    /// <summary>Reads the rows of a block.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="destination">Receives one number per row.</param>
    public abstract void Read(Block block, Span<double> destination);
}
