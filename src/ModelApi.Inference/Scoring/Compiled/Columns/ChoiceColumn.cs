namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>One of a few values, chosen by an index that a stage computes: a classifier's label.</summary>
/// <param name="register">The register of the index.</param>
/// <param name="texts">The values if they are texts, else null.</param>
/// <param name="numbers">The values if they are numbers, else null.</param>
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
