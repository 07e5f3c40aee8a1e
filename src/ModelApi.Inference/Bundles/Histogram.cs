using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>How often each range of a number, or each category, occurred in a set of rows.</summary>
public sealed record Histogram
{
    /// <summary>
    /// Numbers: the inner edges of the bins, ascending, in the unit of the feature; a value belongs to the bin after the last edge that it
    /// exceeds. Null for categories.
    /// </summary>
    public IReadOnlyList<double>? Edges { get; init; }

    /// <summary>Categories: the value of each bin. Null for numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Rows per bin: one more than there are edges, or as many as there are categories.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Rows without a value.</summary>
    public long Missing { get; init; }

    /// <summary>Categories: rows with a value that has no bin.</summary>
    public long Unseen { get; init; }

    /// <summary>Bins numbers by their deciles; equal deciles share a bin.</summary>
    /// <param name="values">The numbers in any order; NaN is missing.</param>
    public static Histogram OfNumbers(ReadOnlySpan<double> values)
    {
        var sorted = new List<double>(values.Length);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                sorted.Add(value);
            }
        }

        sorted.Sort();
        List<double> edges = sorted.Count == 0
            ? []
            : [.. Enumerable.Range(1, 9).Select(decile => sorted[(decile * (sorted.Count - 1)) / 10]).Distinct()];
        if (edges.Count > 0 && edges[^1] == sorted[^1])
        {
            // No value is above the largest one, so this edge would make an empty bin.
            edges.RemoveAt(edges.Count - 1);
        }

        var counts = new long[edges.Count + 1];
        foreach (var value in sorted)
        {
            counts[BinOf(value, edges)]++;
        }

        return new Histogram { Edges = edges, Counts = counts, Missing = values.Length - sorted.Count };
    }

    /// <summary>Counts categories.</summary>
    /// <param name="categories">The categories that have a bin.</param>
    /// <param name="values">The values; null is missing.</param>
    public static Histogram OfCategories(IReadOnlyList<string> categories, ReadOnlySpan<string?> values)
    {
        var bins = categories.Select((category, bin) => (category, bin))
            .ToDictionary(pair => pair.category, pair => pair.bin, StringComparer.Ordinal);
        var counts = new long[categories.Count];
        long missing = 0;
        long unseen = 0;
        foreach (var value in values)
        {
            if (value is null)
            {
                missing++;
            }
            else if (bins.TryGetValue(value, out var bin))
            {
                counts[bin]++;
            }
            else
            {
                unseen++;
            }
        }

        return new Histogram { Categories = categories, Counts = counts, Missing = missing, Unseen = unseen };
    }

    /// <summary>Reads the histogram of one feature from <c>reference.json</c>.</summary>
    /// <param name="reference">The document, or null.</param>
    /// <param name="feature">The feature's name.</param>
    /// <returns>Null when the document has no histogram of that feature, or one whose counts do not fit its bins.</returns>
    internal static Histogram? TryRead(JsonElement? reference, string feature)
    {
        if (reference is not { } document
            || !document.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Object
            || !features.TryGetProperty(feature, out var entry) || entry.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        double[] edges = [.. Items(entry, "edges", JsonValueKind.Number).Select(edge => edge.GetDouble())];
        string[] categories = [.. Items(entry, "categories", JsonValueKind.String).Select(category => category.GetString()!)];
        long[] counts = [.. Items(entry, "counts", JsonValueKind.Number).Select(count => count.TryGetInt64(out var rows) ? rows : 0)];
        var isOfNumbers = edges.Length > 0;
        return counts.Length > 0 && counts.Length == (isOfNumbers ? edges.Length + 1 : categories.Length)
            ? new Histogram { Edges = isOfNumbers ? edges : null, Categories = isOfNumbers ? null : categories, Counts = counts }
            : null;
    }

    private static IEnumerable<JsonElement> Items(JsonElement entry, string name, JsonValueKind kind) =>
        entry.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(element => element.ValueKind == kind)
            : [];

    private static int BinOf(double value, List<double> edges)
    {
        var found = edges.BinarySearch(value);
        return found >= 0 ? found : ~found;
    }
}
