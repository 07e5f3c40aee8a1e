using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>One of a few values, by an index that a stage computed: a classifier's label.</summary>
/// <param name="register">Where the index is.</param>
/// <param name="texts">The values where they are texts, or null.</param>
/// <param name="numbers">The values where they are numbers, or null.</param>
internal sealed class ChoiceColumn(int register, string[]? texts, double[]? numbers) : Column
{
    public int Register { get; } = register;

    public string[]? Texts { get; } = texts;

    public double[]? Numbers { get; } = numbers;

    public override Column? Then(Step step) => Numbers is null ? null : new ChoiceColumn(Register, null, [.. Numbers.Select(step.Apply)]);

    public override void Read(Block block, Span<double> destination)
    {
        var indices = block.Register(Register);
        for (var row = 0; row < destination.Length; row++)
        {
            destination[row] = Numbers![(int)indices[row]];
        }
    }
}
