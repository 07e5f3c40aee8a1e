namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A stage that computes a wide matrix most of which is zero, such as the counts of words.</summary>
/// <param name="width">The number of columns.</param>
internal abstract class SparseStage(int width) : ColumnStage
{
    public int Width { get; } = width;

    /// <summary>The stage whose columns, all of them and in order, some columns are; null for any other columns.</summary>
    public static SparseStage? Of(Column[] columns)
    {
        if (columns is not [SparseColumn { Stage: var stage }, ..] || stage.Width != columns.Length)
        {
            return null;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] is not SparseColumn column || column.Stage != stage || column.Place != i)
            {
                return null;
            }
        }

        return stage;
    }

    /// <summary>The columns.</summary>
    public Column[] Columns() => [.. Enumerable.Range(0, Width).Select(place => new SparseColumn(this, place))];

    /// <summary>The rows that the stage has computed in a block.</summary>
    public SparseRows RowsIn(Block block) => (SparseRows)block.Memories[Index]!;

    public override StageMemory? CreateMemory(int rows) => new SparseRows(rows);
}
