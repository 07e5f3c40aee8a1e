namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>The same number in every row.</summary>
internal sealed class ConstantColumn(double value) : Column
{
    public double Value { get; } = value;

    public override Column Then(Step step) => new ConstantColumn(step.Apply(Value));

    public override void Read(Block block, Span<double> destination) => destination.Fill(Value);
}
