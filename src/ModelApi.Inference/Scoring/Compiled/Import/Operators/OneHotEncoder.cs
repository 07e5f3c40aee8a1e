using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>OneHotEncoder; source: https://onnx.ai/onnx/operators/onnx_aionnxml_OneHotEncoder.html.</summary>
internal static class OneHotEncoder
{
    public static Value Encode(Node node)
    {
        var value = node.Value(0);
        var texts = node.Attributes.Texts("cats_strings");
        var columns = new List<Column>();
        var isStrict = node.Attributes.Int("zeros", 1) == 0;
        if (value.Type == TensorElementType.String)
        {
            foreach (var column in value.Columns)
            {
                columns.AddRange(EncodeTexts(node, column, texts, isStrict));
            }

            return new Value(TensorElementType.Float, [.. value.Shape, texts.Length], [.. columns]);
        }

        var numbers = node.Attributes.Ints("cats_int64s");
        if (numbers.Length == 0)
        {
            throw node.Refuse("looks numbers up among texts");
        }

        foreach (var column in value.Columns)
        {
            columns.AddRange(EncodeNumbers(node, value.Type, column, numbers, isStrict));
        }

        return new Value(TensorElementType.Float, [.. value.Shape, numbers.Length], [.. columns]);
    }

    private static IEnumerable<Column> EncodeTexts(Node node, Column column, string[] categories, bool isStrict)
    {
        if (column is not TextColumn text)
        {
            throw node.Refuse("encodes a computed text");
        }

        // If a category occurs twice, its last place counts.
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < categories.Length; i++)
        {
            places[categories[i]] = i;
        }

        if (isStrict)
        {
            var known = places.ToDictionary(item => item.Key, _ => 1.0, StringComparer.Ordinal);
            Guard(node, text.ToNumbers(known, double.NaN), "category");
        }

        return categories.Select((category, place) => places[category] == place
            ? text.ToNumbers(new Dictionary<string, double>(StringComparer.Ordinal) { [category] = 1 }, 0)
            : (Column)new ConstantColumn(0));
    }

    private static IEnumerable<Column> EncodeNumbers(
        Node node, TensorElementType type, Column column, long[] categories, bool isStrict)
    {
        var whole = type is TensorElementType.Float or TensorElementType.Double ? node.Plan.Take(column, new ToInteger()) : column;
        if (isStrict)
        {
            var known = categories.Distinct().ToDictionary(category => (double)category, _ => 1.0);
            Guard(node, node.Plan.Take(whole, new Lookup(known, double.NaN, double.NaN)), "number");
        }

        return categories.Select((category, place) => Array.LastIndexOf(categories, category) == place
            ? node.Plan.Take(whole, new Equal(category))
            : new ConstantColumn(0));
    }

    private static void Guard(Node node, Column known, string what) =>
        node.Plan.Add(new GuardStage(known, $"The model's OneHotEncoder does not know a {what}."));
}
