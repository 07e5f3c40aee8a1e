using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>What a stage of the plan computed.</summary>
/// <param name="register">Where the stage puts it.</param>
internal sealed class RegisterColumn(int register) : Column
{
    public int Register { get; } = register;

    public override Column? Then(Step step) => null;

    public override void Read(Block block, Span<double> destination) => block.Register(Register)[..destination.Length].CopyTo(destination);
}
