using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Infers a feature's type, categories, range and example from its column, its golden values and its input.</summary>
internal static partial class FeatureInference
{
    // A column with more distinct values is free text.
    private const int MostCategories = 100;
    private const int LongestExample = 200;

    /// <summary>The feature as the manifest describes it.</summary>
    /// <param name="feed">The feature, and the input that it feeds.</param>
    /// <param name="cells">The column; an empty cell is a missing value.</param>
    /// <param name="encoders">The encoders of the graphs.</param>
    /// <param name="facts">What golden rows show of it; null without golden rows.</param>
    public static JsonObject Infer(FeatureFeed feed, string[] cells, Encoders encoders, FeatureFacts? facts)
    {
        if (facts?.Shape is { } shape)
        {
            return new JsonObject
            {
                ["name"] = feed.Feature,
                ["type"] = "tensor",
                ["shape"] = new JsonArray([.. shape.Select(length => JsonValue.Create(length))]),
                ["example"] = JsonNode.Parse(facts.Example!),
            };
        }

        var values = ValuesOf(feed.Feature, cells);
        var isText = feed.Input.ElementType == TensorElementType.String;
        var feature = isText
            ? InferText(feed.Feature, values, CategoriesOf(feed, values, encoders), encoders.TakesText(feed.Input.Name))
            : InferNumber(feed, cells, facts);
        var hasMissing = facts?.HasNull == true || values.Length < cells.Length;
        if (isText && feed.IsAlone && encoders.MissingCategoryOf(feed.Input.Name) is { } missing && !values.Contains(missing))
        {
            feature["nullable"] = true;
            feature["missingCategory"] = missing;
        }
        else if (hasMissing)
        {
            feature["nullable"] = true;
            feature.Remove("minimumLength");
            RequireNaN(feed);
        }

        return feature;
    }

    /// <summary>As the other overload, for a feature that feeds no graph.</summary>
    /// <param name="name">The feature.</param>
    /// <param name="isText">Whether it is text.</param>
    /// <param name="cells">The column; an empty cell is a missing value.</param>
    /// <param name="categories">The categories that the model knows, or null to take those of the column where they are few.</param>
    /// <param name="isFree">Whether it is text of any kind, even where the column holds few.</param>
    public static JsonObject Infer(string name, bool isText, string[] cells, IReadOnlyList<string>? categories, bool isFree)
    {
        var values = ValuesOf(name, cells);
        var feature = isText
            ? InferText(name, values, categories, isFree)
            : InferNumber(name, cells, facts: null, takesWhole: false, fault: null);
        if (!isText && values.Length < cells.Length)
        {
            feature["nullable"] = true;
        }

        return feature;
    }

    private static string[] ValuesOf(string name, string[] cells) =>
        cells.Where(cell => cell.Length > 0).ToArray() is { Length: > 0 } values ? values : throw new PackException(
            $"Column '{name}' of the reference holds no value; give a reference that has some, or leave it out of the model.");

    // An encoder that maps some texts, and the others to a default, does not refuse any.
    private static IReadOnlyList<string>? CategoriesOf(FeatureFeed feed, string[] values, Encoders encoders) =>
        feed.IsAlone && encoders.CategoriesOf(feed.Input.Name) is { } categories
        && (encoders.UnknownCategory != UnknownCategory.Reject || Array.TrueForAll(values, categories.ToHashSet().Contains))
            ? categories
            : null;

    private static void RequireNaN(FeatureFeed feed)
    {
        if (feed.Input.ElementType is { } type && type != TensorElementType.String && !InputRanges.HasNaN(type))
        {
            throw new PackException(
                $"'{feed.Feature}' has missing values, and input '{feed.Input.Name}' of {feed.File} takes "
                + $"tensor({type.ToString().ToLowerInvariant()}), which has none. Fill them in first, or export the input as float.");
        }
    }

    private static JsonObject InferText(string name, string[] values, IReadOnlyList<string>? categories, bool isFree)
    {
        var seen = values.GroupBy(value => value, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        var feature = new JsonObject { ["name"] = name, ["type"] = "string" };
        var areCategories = !isFree && seen.Count <= MostCategories && seen.Count <= values.Length / 2;
        categories ??= areCategories ? [.. seen.Select(group => group.Key).Order(StringComparer.Ordinal)] : null;
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

    private static JsonObject InferNumber(FeatureFeed feed, string[] cells, FeatureFacts? facts) => InferNumber(
        feed.Feature,
        cells,
        facts,
        InputRanges.Of(feed.Input.ElementType) is { IsWhole: true },
        $"feeds input '{feed.Input.Name}' of {feed.File}, which takes numbers; if another column is meant, name it with "
            + $"--input {feed.Input.Name}=COLUMN");

    private static JsonObject InferNumber(string name, string[] cells, FeatureFacts? facts, bool takesWhole, string? fault)
    {
        var values = ValuesOf(name, cells);
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
                if (double.IsNaN(numbers[i]) || values[i] is "NA" or "null" or "None")
                {
                    throw new PackException(
                        $"Column '{name}' of the reference holds '{values[i]}' in row {Array.IndexOf(cells, values[i]) + 1}: leave the "
                        + "cell of a missing value empty.");
                }

                throw new PackException(
                    $"Column '{name}' of the reference {fault ?? "is a number of the model"}, and row "
                    + $"{Array.IndexOf(cells, values[i]) + 1} holds '{Shorten(values[i])}'.");
            }
        }

        // A column that pandas holds as floats is written with a point even where its values are whole.
        var isInteger = facts?.HasFraction != true
            && (takesWhole ? Array.TrueForAll(numbers, number => number == Math.Floor(number)) : values.All(value => Whole.IsMatch(value)));
        Array.Sort(numbers);
        feature["type"] = isInteger ? "integer" : "number";
        feature["minimum"] = Literal(numbers[0], isInteger);
        feature["maximum"] = Literal(numbers[^1], isInteger);
        feature["example"] = Literal(numbers[numbers.Length / 2], isInteger);
        return feature;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : $"{text[..40]}…";

    private static JsonNode Literal(double number, bool isInteger) => isInteger && Math.Abs(number) < 1L << 53 ? (long)number : number;

    [GeneratedRegex(@"\A[+-]?[0-9]{1,15}\z")]
    private static partial Regex Whole { get; }
}
