using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Packing;

/// <summary>Infers a feature's type, categories, range and example from its column and from the graph input that reads it.</summary>
internal static partial class FeatureInference
{
    // A column with more distinct values is free text.
    private const int MostCategories = 100;
    private const int LongestExample = 200;

    /// <summary>The feature as the manifest describes it.</summary>
    public static JsonObject Infer(string name, TensorElementType? type, string[] cells, IReadOnlyList<string>? encoded, bool hasNullGolden)
    {
        var values = cells.Where(cell => cell.Length > 0).ToArray();
        if (values.Length == 0)
        {
            throw new PackException($"Column '{name}' of the reference holds no value.");
        }

        var feature = type == TensorElementType.String ? InferText(name, values, encoded) : InferNumber(name, values);
        if (hasNullGolden || (values.Length < cells.Length && type != TensorElementType.String))
        {
            feature["nullable"] = true;
        }

        return feature;
    }

    private static JsonObject InferText(string name, string[] values, IReadOnlyList<string>? encoded)
    {
        var seen = values.GroupBy(value => value, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        var feature = new JsonObject { ["name"] = name, ["type"] = "string" };
        var areCategories = seen.Count <= MostCategories && seen.Count <= values.Length / 2;
        var categories = encoded ?? (areCategories ? [.. seen.Select(group => group.Key).Order(StringComparer.Ordinal)] : null);
        if (categories is null)
        {
            feature["minimumLength"] = 1;
            feature["example"] = values[0].Length <= LongestExample ? values[0] : values[0][..LongestExample].TrimEnd();
        }
        else
        {
            feature["categories"] = new JsonArray([.. categories.Select(category => JsonValue.Create(category))]);
            feature["example"] = seen.Select(group => group.Key).FirstOrDefault(categories.Contains) ?? categories[0];
        }

        return feature;
    }

    private static JsonObject InferNumber(string name, string[] values)
    {
        var feature = new JsonObject { ["name"] = name };
        if (values.All(value => bool.TryParse(value, out _)))
        {
            feature["type"] = "boolean";
            feature["example"] = bool.Parse(values[values.Length / 2]);
            return feature;
        }

        var numbers = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.TryParse(values[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || !double.IsFinite(numbers[i]))
            {
                throw new PackException(
                    $"Column '{name}' of the reference feeds a numeric input of the graph, but row {i + 1} is not a number.");
            }
        }

        // A column that pandas holds as floats is written with a point even where its values are whole.
        var isInteger = values.All(value => Whole.IsMatch(value));
        Array.Sort(numbers);
        feature["type"] = isInteger ? "integer" : "number";
        feature["minimum"] = Literal(numbers[0], isInteger);
        feature["maximum"] = Literal(numbers[^1], isInteger);
        feature["example"] = Literal(numbers[numbers.Length / 2], isInteger);
        return feature;
    }

    private static JsonNode Literal(double number, bool isInteger) => isInteger ? (long)number : number;

    [GeneratedRegex(@"\A[+-]?[0-9]{1,15}\z")]
    private static partial Regex Whole { get; }
}
