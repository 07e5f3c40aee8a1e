using System.Text.Json;

namespace ModelApi.Deployments;

/// <summary>A number in performance.json, of two versions.</summary>
/// <param name="Name">Its path, such as <c>overall.accuracy</c>.</param>
/// <param name="Old">The number of the first version; null where it has none.</param>
/// <param name="New">The number of the second version; null where it has none.</param>
/// <param name="Change">The second minus the first; null where one is missing.</param>
internal sealed record MetricReply(string Name, double? Old, double? New, double? Change)
{
    /// <summary>All numbers of either document but those in arrays, whose items may be others: in the order of the second.</summary>
    public static IEnumerable<MetricReply> SideBySide(JsonElement? old, JsonElement? @new)
    {
        var (before, now) = (Numbers(old), Numbers(@new));
        foreach (var name in now.Keys.Concat(before.Keys.Where(name => !now.ContainsKey(name))))
        {
            double? was = before.TryGetValue(name, out var first) ? first : null;
            double? @is = now.TryGetValue(name, out var second) ? second : null;
            var change = @is - was;
            yield return new MetricReply(name, was, @is, change is { } finite && double.IsFinite(finite) ? change : null);
        }
    }

    private static OrderedDictionary<string, double> Numbers(JsonElement? document)
    {
        var numbers = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in Leaf.Of(document))
        {
            // JSON can write numbers that a double does not hold.
            if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && double.IsFinite(number))
            {
                numbers.TryAdd(name, number);
            }
        }

        return numbers;
    }
}
