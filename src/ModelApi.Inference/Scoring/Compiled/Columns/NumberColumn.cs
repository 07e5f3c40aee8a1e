namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A numeric feature after a chain of steps.</summary>
/// <param name="feature">The feature's index.</param>
/// <param name="isSingle">Whether the graph takes the feature as a 32-bit float.</param>
/// <param name="steps">The steps, in order.</param>
internal sealed class NumberColumn(int feature, bool isSingle, Step[] steps) : Column
{
    public int Feature { get; } = feature;

    /// <summary>Whether values are 32-bit floats before the first step.</summary>
    public bool IsSingle { get; } = isSingle;

    public IReadOnlyList<Step> Steps => steps;

    public override Column Then(Step step) => new NumberColumn(Feature, IsSingle, [.. steps, step]);

    /// <summary>Takes one number through all steps.</summary>
    public double Evaluate(double value)
    {
        value = IsSingle ? (float)value : value;
        foreach (var step in steps)
        {
            value = step.Apply(value);
        }

        return value;
    }

    public override void Read(Block block, Span<double> destination)
    {
        var numbers = block.Numbers(Feature);
        if (IsSingle)
        {
            ToSingle.Round(numbers, destination);
        }
        else
        {
            numbers.CopyTo(destination);
        }

        foreach (var step in steps)
        {
            step.Apply(destination);
        }
    }
}
