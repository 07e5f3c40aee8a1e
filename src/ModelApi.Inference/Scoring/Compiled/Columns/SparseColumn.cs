namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A column of a matrix most of which is zero.</summary>
internal sealed class SparseColumn(SparseStage stage, int place) : Column
{
    public SparseStage Stage { get; } = stage;

    public int Place { get; } = place;

    public override Column? Then(Step step) => null;

    public override void Read(Block block, Span<double> destination)
    {
        var rows = Stage.RowsIn(block);
        for (var row = 0; row < destination.Length; row++)
        {
            var at = rows.Places(row).IndexOf(Place);
            destination[row] = at < 0 ? 0 : rows.Values(row)[at];
        }
    }
}
