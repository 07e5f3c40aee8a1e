using CsvHelper;

namespace ModelApi.Inference.Packing;

/// <summary>Training rows as text, column by column.</summary>
public sealed class ReferenceTable
{
    private readonly Dictionary<string, int> _indices;
    private readonly IReadOnlyList<string[]> _columns;

    /// <summary>Makes a table.</summary>
    /// <param name="headers">The names of the columns, distinct.</param>
    /// <param name="columns">The cells of each column, <c>[headers][Rows]</c>; an empty cell is a missing value.</param>
    public ReferenceTable(IReadOnlyList<string> headers, IReadOnlyList<string[]> columns)
    {
        Headers = headers;
        _columns = columns;
        _indices = headers.Select((header, index) => (header, index))
            .ToDictionary(pair => pair.header, pair => pair.index, StringComparer.Ordinal);
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>How many rows there are.</summary>
    public int Rows => _columns.Count == 0 ? 0 : _columns[0].Length;

    /// <summary>Reads a CSV file whose first line names the columns.</summary>
    /// <exception cref="PackException">
    /// There is no such file or no row in it, it is not UTF-8, a row is malformed, or two columns have one name.
    /// </exception>
    public static ReferenceTable ReadCsv(string file)
    {
        PackFile.ThrowIfNotText(PackFile.Existing(file));
        using var csv = CsvReader.FromFile(file, new CsvReaderOptions
        {
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MalformedData = CsvMalformedDataHandling.Throw,
        });
        try
        {
            csv.ReadHeader();
            var headers = csv.Headers.ToArray();
            if (headers.Distinct(StringComparer.Ordinal).Count() != headers.Length)
            {
                throw new PackException(
                    $"{file} has two columns called '{headers.GroupBy(header => header).First(group => group.Count() > 1).Key}'; "
                    + "rename one of them.");
            }

            var columns = headers.Select(_ => new List<string>()).ToArray();
            while (csv.Read())
            {
                for (var i = 0; i < headers.Length; i++)
                {
                    columns[i].Add(csv.GetString(i));
                }
            }

            return headers.Length > 0 && columns[0].Count > 0
                ? new ReferenceTable(headers, [.. columns.Select(column => column.ToArray())])
                : throw new PackException($"{file} holds no rows.");
        }
        catch (CsvFormatException exception)
        {
            throw new PackException($"{file}: {exception.Message}");
        }
    }

    /// <summary>The cells of a column, <c>[Rows]</c>, or null if no column has that name.</summary>
    public string[]? Find(string header) => _indices.TryGetValue(header, out var index) ? _columns[index] : null;
}
