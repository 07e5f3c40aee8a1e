namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>One column of a matrix that a graph computes, known by how it follows from the features: nothing is computed until something reads it.</summary>
/// <remarks>Two readers that mean the same column hold the same object.</remarks>
internal abstract class Column
{
    /// <summary>The column with another step at its end.</summary>
    /// <returns>Null when only a stage of its own can take the step; see <see cref="Plans.MapStage"/>.</returns>
    public abstract Column? Then(Step step);

    /// <summary>Reads the rows of a block.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="destination">Receives a number for each row.</param>
    public abstract void Read(Plans.Block block, Span<double> destination);
}
