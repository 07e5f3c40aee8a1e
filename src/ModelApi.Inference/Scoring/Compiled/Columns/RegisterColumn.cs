namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A column that a stage of the plan computes.</summary>
/// <param name="register">The register that the stage writes to.</param>
internal sealed class RegisterColumn(int register) : Column
{
    public int Register { get; } = register;

    public override Column? Then(Step step) => null;

    public override void Read(Block block, Span<double> destination) => block.Register(Register)[..destination.Length].CopyTo(destination);
}
