namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A column that a stage of the plan computes.</summary>
/// <param name="register">The register that the stage writes to.</param>
internal sealed class RegisterColumn(int register) : Column
{
    public int Register { get; } = register;

    /// <summary>The first of consecutive registers that columns read in order; negative for any other columns.</summary>
    public static int FirstOf(Column[] columns)
    {
        var first = columns.Length > 0 && columns[0] is RegisterColumn { Register: var register } ? register : -1;
        for (var i = 1; i < columns.Length && first >= 0; i++)
        {
            first = columns[i] is RegisterColumn column && column.Register == first + i ? first : -1;
        }

        return first;
    }

    public override Column? Then(Step step) => null;

    public override void Read(Block block, Span<double> destination)
    {
        if (block.Capacity == 1)
        {
            destination[0] = block.RowRegisters()[Register];
            return;
        }

        block.Register(Register)[..destination.Length].CopyTo(destination);
    }
}
