using Microsoft.ML;
using Microsoft.ML.Data;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>Which columns of the training rows feed the columns of a model.</summary>
internal static class ColumnMatch
{
    /// <summary>Matches by name, by a name written another way, and by position where every column has its place.</summary>
    /// <param name="schema">The columns of the rows that the model was trained on.</param>
    /// <param name="needed">Those that its answer depends on.</param>
    /// <param name="request">The training rows, and the sources that the user names.</param>
    /// <returns>By column, the headers that feed it.</returns>
    /// <exception cref="PackException">The source of a column that is needed is not found.</exception>
    public static Dictionary<string, IReadOnlyList<string>> Find(
        DataViewSchema schema, IReadOnlyList<DataViewSchema.Column> needed, PackRequest request)
    {
        var headers = request.Reference.Headers;
        var columns = schema.Where(column => !column.IsHidden).ToList();
        var widths = columns.ToDictionary(column => column.Name, WidthOf, StringComparer.Ordinal);
        var byPosition = widths.Values.All(width => width > 0) && widths.Values.Sum() == headers.Count;
        var place = 0;
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            var width = widths[column.Name];
            var sources = request.Inputs.GetValueOrDefault(column.Name)
                ?? FindNamed(column, width, headers)
                ?? (byPosition ? [.. headers.Skip(place).Take(width)] : null);
            place += Math.Max(width, 0);
            if (sources is not null)
            {
                found[column.Name] = sources;
            }
            else if (needed.Any(other => other.Index == column.Index))
            {
                var quoted = string.Join(", ", headers.Take(20).Select(header => $"'{header}'"));
                throw new PackException(
                    $"The model reads {(width == 1 ? "a column" : $"{width} values as")} '{column.Name}', and the reference has no such "
                    + $"column: it has {quoted}. Name the source with --input {column.Name}=COLUMN{(width == 1 ? "" : "[,COLUMN…]")}.");
            }
        }

        return found;
    }

    private static int WidthOf(DataViewSchema.Column column) => column.Type is VectorDataViewType vector ? vector.Size : 1;

    private static IReadOnlyList<string>? FindNamed(DataViewSchema.Column column, int width, IReadOnlyList<string> headers)
    {
        if (width == 1 && FindOne(column.Name, headers) is { } header)
        {
            return [header];
        }

        var slots = Scoring.MlNet.LabelReader.ReadTexts(column, "SlotNames");
        var named = slots?.Select(slot => FindOne(slot, headers)).ToList();
        return named is { Count: > 0 } && named.Count == width && !named.Contains(null) ? [.. named.Select(name => name!)] : null;
    }

    private static string? FindOne(string name, IReadOnlyList<string> headers) =>
        headers.FirstOrDefault(header => header == name)
        ?? (headers.Where(header => string.Equals(Letters(header), Letters(name), StringComparison.OrdinalIgnoreCase)).ToList()
            is [var only] ? only : null);

    // FixedAcidity, fixed_acidity and "fixed acidity" are one name.
    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
