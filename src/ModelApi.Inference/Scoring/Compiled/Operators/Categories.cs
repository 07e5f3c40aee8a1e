using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Graphs;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Operators;

/// <summary>The operators that look values up; source: https://onnx.ai/onnx/operators/#ai-onnx-ml.</summary>
internal static class Categories
{
    public static Value EncodeOneHot(Node node)
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

    public static Value EncodeLabels(Node node)
    {
        var value = node.Value(0);
        if (node.Attributes.Texts("classes_strings") is { Length: > 0 } classes)
        {
            return EncodeByPlace(node, value, classes);
        }

        var keys = Texts(node, "keys_strings");
        if (keys.Length == 0 && Texts(node, "keys_tensor") is { Length: > 0 } tensor)
        {
            keys = tensor;
        }

        return keys.Length > 0 ? EncodeTexts(node, value, keys) : EncodeNumbers(node, value);
    }

    private static IEnumerable<Column> EncodeTexts(Node node, Column column, string[] categories, bool isStrict)
    {
        if (column is not TextColumn text)
        {
            throw node.Refuse("encodes a computed text");
        }

        // Of a category that is named twice, the last place counts.
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < categories.Length; i++)
        {
            places[categories[i]] = i;
        }

        if (isStrict)
        {
            var known = text.ToNumbers(places.ToDictionary(item => item.Key, _ => 1.0, StringComparer.Ordinal), double.NaN);
            node.Plan.Add(new GuardStage(known, "The model's OneHotEncoder does not know a category."));
        }

        return categories.Select((category, place) => places[category] == place
            ? text.ToNumbers(new Dictionary<string, double>(StringComparer.Ordinal) { [category] = 1 }, 0)
            : (Column)new ConstantColumn(0));
    }

    private static IEnumerable<Column> EncodeNumbers(Node node, TensorElementType type, Column column, long[] categories, bool isStrict)
    {
        var whole = type is TensorElementType.Float or TensorElementType.Double ? node.Plan.Take(column, new ToInteger()) : column;
        if (isStrict)
        {
            var known = categories.Distinct().ToDictionary(category => (double)category, _ => 1.0);
            node.Plan.Add(new GuardStage(node.Plan.Take(whole, new Lookup(known, double.NaN, double.NaN)), "The model's OneHotEncoder does not know a number."));
        }

        return categories.Select((category, place) => Array.LastIndexOf(categories, category) == place
            ? node.Plan.Take(whole, new Equal(category))
            : new ConstantColumn(0));
    }

    // The first version of the operator: texts to their places in a list, or back.
    private static Value EncodeByPlace(Node node, Value value, string[] classes)
    {
        if (value.Type != TensorElementType.String)
        {
            throw node.Refuse("turns places into texts");
        }

        // Of a text that is there twice, the last place counts.
        var places = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < classes.Length; i++)
        {
            places[classes[i]] = i;
        }

        return LookUp(node, value, places, node.Attributes.Int("default_int64", -1), TensorElementType.Int64);
    }

    private static Value EncodeTexts(Node node, Value value, string[] keys)
    {
        if (value.Type != TensorElementType.String)
        {
            throw node.Refuse("looks numbers up among texts");
        }

        var texts = Texts(node, "values_strings");
        if (texts.Length == 0)
        {
            texts = Texts(node, "values_tensor");
        }

        if (texts.Length > 0)
        {
            var names = Pair(node, keys, texts, StringComparer.Ordinal);
            var other = Texts(node, "default_tensor") is [var text] ? text : node.Attributes.Text("default_string", "_Unused");
            return value with { Columns = Array.ConvertAll(value.Columns, column => Rename(node, column, names, other)) };
        }

        var (numbers, otherwise, type) = Answers(node);
        return LookUp(node, value, Pair(node, keys, numbers, StringComparer.Ordinal), otherwise, type);
    }

    private static Column Rename(Node node, Column column, Dictionary<string, string> names, string other) => column switch
    {
        TextColumn text => text.ToTexts(names, other),
        ChoiceColumn { Texts: { } texts } choice => new ChoiceColumn(choice.Register, Array.ConvertAll(texts, text => names.GetValueOrDefault(text, other)), null),
        _ => throw node.Refuse("looks a computed text up"),
    };

    private static Value LookUp(Node node, Value value, Dictionary<string, double> numbers, double otherwise, TensorElementType type)
    {
        var columns = Array.ConvertAll(value.Columns, column => column switch
        {
            TextColumn text => text.ToNumbers(numbers, otherwise),
            ChoiceColumn { Texts: { } texts } choice =>
                (Column)new ChoiceColumn(choice.Register, null, Array.ConvertAll(texts, text => numbers.GetValueOrDefault(text, otherwise))),
            _ => throw node.Refuse("looks a computed text up"),
        });
        return value with { Type = type, Columns = columns };
    }

    private static Value EncodeNumbers(Node node, Value value)
    {
        var keys = Keys(node, value.Type);
        var texts = Texts(node, "values_strings");
        if (texts.Length > 0)
        {
            var names = Pair(node, keys, texts, null);
            var other = node.Attributes.Text("default_string", "_Unused");
            return value with
            {
                Type = TensorElementType.String,
                Columns = Array.ConvertAll(value.Columns, column => column is ChoiceColumn { Numbers: { } numbers } choice
                    ? new ChoiceColumn(choice.Register, Array.ConvertAll(numbers, number => names.GetValueOrDefault(number, other)), null)
                    : throw node.Refuse("turns numbers into texts")),
            };
        }

        var (answers, otherwise, type) = Answers(node);
        var table = new Dictionary<double, double>();
        var missing = otherwise;
        for (var i = 0; i < keys.Length; i++)
        {
            Require(node, keys.Length == answers.Length);
            if (!double.IsNaN(keys[i]))
            {
                table.TryAdd(keys[i], answers[i]);
            }
            else if (node.Opset >= 4)
            {
                // Only since this version a key that is NaN stands for missing values.
                missing = Array.FindIndex(keys, double.IsNaN) == i ? answers[i] : missing;
            }
        }

        return value with { Type = type, Columns = node.Map(value.Columns, _ => new Lookup(table, otherwise, missing)) };
    }

    private static double[] Keys(Node node, TensorElementType type)
    {
        var attributes = node.Attributes;
        if (attributes.Tensor("keys_tensor") is { } tensor)
        {
            return tensor.Type == type && type != TensorElementType.String ? tensor.Numbers : throw node.Refuse("looks up what is of another type");
        }

        return type switch
        {
            TensorElementType.Float when attributes.Floats("keys_floats") is { Length: > 0 } floats => [.. floats.Select(key => (double)key)],
            TensorElementType.Int64 when attributes.Ints("keys_int64s") is { Length: > 0 } integers => [.. integers.Select(key => (double)key)],
            _ => throw node.Refuse("looks up what is of another type"),
        };
    }

    private static (double[] Numbers, double Otherwise, TensorElementType Type) Answers(Node node)
    {
        var attributes = node.Attributes;
        if (attributes.Tensor("values_tensor") is { } tensor)
        {
            var other = attributes.Tensor("default_tensor");
            return tensor.Type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Int64 && other is null or { Numbers.Length: 1 }
                ? (tensor.Numbers, other?.Numbers[0] ?? (tensor.Type == TensorElementType.Int64 ? -1 : -0.0), tensor.Type)
                : throw node.Refuse($"answers with {tensor.Type}");
        }

        return attributes.Ints("values_int64s") is { Length: > 0 } integers
            ? ([.. integers.Select(answer => (double)answer)], attributes.Int("default_int64", -1), TensorElementType.Int64)
            : ([.. attributes.Floats("values_floats").Select(answer => (double)answer)], attributes.Float("default_float", -0f), TensorElementType.Float);
    }

    // Of a key that is there twice, the first one counts.
    private static Dictionary<TKey, TValue> Pair<TKey, TValue>(Node node, TKey[] keys, TValue[] values, IEqualityComparer<TKey>? comparer)
        where TKey : notnull
    {
        Require(node, keys.Length == values.Length);
        var pairs = new Dictionary<TKey, TValue>(comparer);
        for (var i = 0; i < keys.Length; i++)
        {
            pairs.TryAdd(keys[i], values[i]);
        }

        return pairs;
    }

    private static string[] Texts(Node node, string name) =>
        name.EndsWith("_tensor", StringComparison.Ordinal) ? node.Attributes.Tensor(name)?.Texts ?? [] : node.Attributes.Texts(name);

    private static void Require(Node node, bool isPaired)
    {
        if (!isPaired)
        {
            throw node.Refuse("has another number of keys than of values");
        }
    }
}
