using System.Text.Json;

namespace ModelApi.Inference.Packing;

/// <summary>Reads the values of golden answers.</summary>
internal static class GoldenItems
{
    // Decision values of ten thousandths more than 1 are decision values; a trainer's probabilities sum to 1 but for roundings.
    private const double ProbabilityRounding = 1e-3;

    /// <summary>Whether an answer holds something for each target or class.</summary>
    public static bool AreSeveral(JsonElement element) => element.ValueKind is JsonValueKind.Array or JsonValueKind.Object;

    /// <summary>The items of an array, the values of an object, or the element itself.</summary>
    public static JsonElement[] Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => [.. element.EnumerateArray()],
        JsonValueKind.Object => [.. element.EnumerateObject().Select(member => member.Value)],
        _ => [element],
    };

    /// <summary>A number of a row.</summary>
    /// <exception cref="PackException">It is none, or not finite.</exception>
    public static double Number(JsonElement element, string key, int row) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new PackException($"Golden row {row + 1}: '{key}' holds something that is no finite number.");

    /// <summary>Whether the numbers of each row are within 0 and 1 and, where there are several, sum to 1.</summary>
    public static bool AreProbabilities(IEnumerable<double[]> rows) => rows.All(row =>
        Array.TrueForAll(row, number => number is >= -ProbabilityRounding and <= 1 + ProbabilityRounding)
            && (row.Length == 1 || Math.Abs(row.Sum() - 1) <= ProbabilityRounding));
}
