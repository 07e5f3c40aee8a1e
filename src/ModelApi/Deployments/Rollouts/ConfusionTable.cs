namespace ModelApi.Deployments.Rollouts;

/// <summary>Counts rows by the label that each version gives them.</summary>
/// <remarks>Not thread-safe. Labels are as JSON writes them without quotes.</remarks>
internal sealed class ConfusionTable
{
    /// <summary>How many pairs of labels are told apart.</summary>
    public const int MostCells = 1024;

    private readonly Dictionary<(string Old, string New), long> _cells = [];

    /// <summary>Rows with other pairs than those that are told apart.</summary>
    public long Omitted { get; private set; }

    public void Add(string old, string candidate) => Add(old, candidate, 1);

    /// <summary>The rows by the label of production, and of those by the label of the new version.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> ToRows() => _cells
        .GroupBy(cell => cell.Key.Old, StringComparer.Ordinal)
        .OrderBy(row => row.Key, StringComparer.Ordinal)
        .ToDictionary(
            row => row.Key,
            row => (IReadOnlyDictionary<string, long>)row.OrderBy(cell => cell.Key.New, StringComparer.Ordinal)
                .ToDictionary(cell => cell.Key.New, cell => cell.Value, StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>The table as it is stored.</summary>
    public StoredConfusion ToStored() => new([.. _cells.Select(cell => new StoredCell(cell.Key.Old, cell.Key.New, cell.Value))], Omitted);

    /// <summary>Makes the table that was stored.</summary>
    public static ConfusionTable Of(StoredConfusion stored)
    {
        var table = new ConfusionTable { Omitted = stored.Omitted };
        foreach (var cell in stored.Cells)
        {
            table.Add(cell.Old, cell.New, cell.Rows);
        }

        return table;
    }

    private void Add(string old, string candidate, long rows)
    {
        var key = (old, candidate);
        if (_cells.TryGetValue(key, out var count) || _cells.Count < MostCells)
        {
            _cells[key] = count + rows;
        }
        else
        {
            Omitted += rows;
        }
    }
}
