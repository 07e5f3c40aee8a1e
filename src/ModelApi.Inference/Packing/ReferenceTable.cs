namespace ModelApi.Inference.Packing;

/// <summary>Training rows as text, column by column, as a CSV file holds them.</summary>
public sealed class ReferenceTable
{
    private const string PredictionColumn = "prediction";
    private const string ProbabilityPrefix = "p_";

    private readonly Dictionary<string, int> _indices;
    private readonly IReadOnlyList<string[]> _columns;

    /// <summary>Makes a table.</summary>
    /// <param name="headers">The names of the columns, distinct.</param>
    /// <param name="columns">The cells of each column, all of the same number; an empty cell is missing.</param>
    public ReferenceTable(IReadOnlyList<string> headers, IReadOnlyList<string[]> columns)
    {
        Headers = headers;
        _columns = columns;
        _indices = headers.Select((header, index) => (header, index)).ToDictionary(pair => pair.header, pair => pair.index, StringComparer.Ordinal);
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>How many rows there are.</summary>
    public int Rows => _columns.Count == 0 ? 0 : _columns[0].Length;

    /// <summary>The columns that are not the trainer's predictions: <c>prediction</c> and <c>p_…</c> are.</summary>
    public IEnumerable<string> DataHeaders =>
        Headers.Where(header => header != PredictionColumn && !header.StartsWith(ProbabilityPrefix, StringComparison.Ordinal));

    /// <summary>The cells of a column, or null when there is none of that name.</summary>
    public string[]? Find(string header) => _indices.TryGetValue(header, out var index) ? _columns[index] : null;
}
