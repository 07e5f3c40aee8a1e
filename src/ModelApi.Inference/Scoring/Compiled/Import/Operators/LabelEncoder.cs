using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>LabelEncoder; source: https://onnx.ai/onnx/operators/onnx_aionnxml_LabelEncoder.html.</summary>
internal static class LabelEncoder
{
    public static Value Encode(Node node)
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

    // Version 1: texts to their places in a list, or back.
    private static Value EncodeByPlace(Node node, Value value, string[] classes)
    {
        if (value.Type != TensorElementType.String)
        {
            throw node.Refuse("turns places into texts");
        }

        // If a text occurs twice, its last place counts.
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
        ChoiceColumn { Texts: { } texts } choice =>
            new ChoiceColumn(choice.Register, Array.ConvertAll(texts, text => names.GetValueOrDefault(text, other)), null),
        _ => throw node.Refuse("looks a computed text up"),
    };

    private static Value LookUp(Node node, Value value, Dictionary<string, double> numbers, double otherwise, TensorElementType type)
    {
        var columns = Array.ConvertAll(value.Columns, column => column switch
        {
            TextColumn text => text.ToNumbers(numbers, otherwise),
            ChoiceColumn { Texts: { } texts } choice =>
                (Column)new ChoiceColumn(
                    choice.Register, null, Array.ConvertAll(texts, text => numbers.GetValueOrDefault(text, otherwise))),
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
                // A NaN key matches missing values since this version only.
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
            return tensor.Type == type && type != TensorElementType.String ? tensor.Numbers : throw OtherType(node);
        }

        return type switch
        {
            TensorElementType.Float when attributes.Floats("keys_floats") is { Length: > 0 } floats =>
                Array.ConvertAll(floats, key => (double)key),
            TensorElementType.Int64 when attributes.Ints("keys_int64s") is { Length: > 0 } integers =>
                Array.ConvertAll(integers, key => (double)key),
            _ => throw OtherType(node),
        };
    }

    private static NotCompilableException OtherType(Node node) => node.Refuse("has keys of another type than its input");

    private static (double[] Numbers, double Otherwise, TensorElementType Type) Answers(Node node)
    {
        var attributes = node.Attributes;
        if (attributes.Tensor("values_tensor") is { } tensor)
        {
            var other = attributes.Tensor("default_tensor");
            var isNumeric = tensor.Type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Int64;
            return isNumeric && other is null or { Numbers.Length: 1 }
                ? (tensor.Numbers, other?.Numbers[0] ?? (tensor.Type == TensorElementType.Int64 ? -1 : -0.0), tensor.Type)
                : throw node.Refuse($"answers with {tensor.Type}");
        }

        if (attributes.Ints("values_int64s") is { Length: > 0 } integers)
        {
            return (Array.ConvertAll(integers, answer => (double)answer), attributes.Int("default_int64", -1), TensorElementType.Int64);
        }

        var floats = Array.ConvertAll(attributes.Floats("values_floats"), answer => (double)answer);
        return (floats, attributes.Float("default_float", -0f), TensorElementType.Float);
    }

    // If a key occurs twice, the first one counts.
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
            throw node.Refuse("has a number of keys that differs from its number of values");
        }
    }
}
