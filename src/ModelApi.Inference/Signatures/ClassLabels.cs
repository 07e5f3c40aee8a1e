using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Signatures;

/// <summary>The classes of a classifier, in the order of its probability columns.</summary>
public sealed class ClassLabels
{
    private readonly byte[][] _utf8;
    private readonly byte[][] _json;
    private readonly long[] _integers;
    private readonly double[] _numbers;
    private readonly Lazy<Dictionary<string, int>> _texts;

    /// <summary>Classes with names.</summary>
    public ClassLabels(IReadOnlyList<string> names)
        : this(ClassKind.Text, names, [], [])
    {
    }

    /// <summary>Classes that are whole numbers, such as a quality from 3 to 9.</summary>
    public ClassLabels(IReadOnlyList<long> labels)
        : this(ClassKind.Integer, labels.Select(label => label.ToString(CultureInfo.InvariantCulture)), [.. labels], [])
    {
    }

    private ClassLabels(ClassKind kind, IEnumerable<string> names, long[] integers, double[] numbers)
    {
        Kind = kind;
        Names = [.. names];
        _integers = integers;
        _numbers = numbers;
        _utf8 = [.. Names.Select(Encoding.UTF8.GetBytes)];
        _json = kind == ClassKind.Text ? [.. Names.Select(JsonText)] : _utf8;
        _texts = new Lazy<Dictionary<string, int>>(() =>
        {
            var texts = new Dictionary<string, int>(Names.Count, StringComparer.Ordinal);
            for (var i = 0; i < Names.Count; i++)
            {
                texts.TryAdd(Names[i], i);
            }

            return texts;
        });
    }

    /// <summary>The classes as text: the keys of the probabilities. Those that are no texts are as JSON writes them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The JSON type of the classes.</summary>
    public ClassKind Kind { get; }

    /// <summary>Whether a prediction is written as a whole number.</summary>
    public bool AreIntegers => Kind == ClassKind.Integer;

    /// <summary>How many classes there are.</summary>
    public int Count => Names.Count;

    /// <summary>Classes that are numbers with a fraction, also where it is zero: 1.0 stays 1.0.</summary>
    /// <param name="labels">Finite numbers.</param>
    public static ClassLabels OfNumbers(IReadOnlyList<double> labels) =>
        new(ClassKind.Number, labels.Select(NumberText), [], [.. labels]);

    /// <summary>Classes that are false and true, in the order of the probability columns.</summary>
    public static ClassLabels OfBooleans(IReadOnlyList<bool> labels) =>
        new(ClassKind.Boolean, labels.Select(label => label ? "true" : "false"), [.. labels.Select(label => label ? 1L : 0L)], []);

    /// <summary>The number that the class at that index is; only where <see cref="AreIntegers"/>.</summary>
    public long Integer(int index) => _integers[index];

    /// <summary>The class at that index as JSON, in UTF-8.</summary>
    public ReadOnlySpan<byte> JsonOf(int index) => _json[index];

    /// <summary>The class at that index as JSON: a string, number or boolean.</summary>
    /// <returns>A new value that the caller owns.</returns>
    public JsonValue ValueOf(int index) => (JsonValue)JsonNode.Parse(_json[index])!;

    /// <summary>The index of a textual label, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        for (var i = 0; i < _utf8.Length; i++)
        {
            if (utf8.SequenceEqual(_utf8[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The index of the class that a graph means by a whole number, or -1. Of texts, the number is the index itself.</summary>
    public int IndexOf(long label) => Kind switch
    {
        ClassKind.Text => label >= 0 && label < Count ? (int)label : -1,
        ClassKind.Number => Array.IndexOf(_numbers, label),
        _ => Array.IndexOf(_integers, label),
    };

    /// <summary>As <see cref="IndexOf(long)"/>, for a number that need not be whole.</summary>
    public int IndexOf(double label) =>
        Kind == ClassKind.Number ? Array.IndexOf(_numbers, label)
        : label == Math.Floor(label) && Math.Abs(label) < 1L << 62 ? IndexOf((long)label)
        : -1;

    /// <summary>The index of the class that a trainer writes so, or -1: Python's <c>True</c> is true, and 1.0 the whole number 1.</summary>
    public int IndexOfWritten(string text)
    {
        if (_texts.Value.TryGetValue(text, out var index))
        {
            return index;
        }

        return Kind switch
        {
            ClassKind.Text => -1,
            ClassKind.Boolean when bool.TryParse(text, out var boolean) => IndexOf(boolean ? 1L : 0L),
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? IndexOf(number) : -1,
        };
    }

    /// <summary>As <see cref="IndexOfWritten(string)"/>, for a label in JSON.</summary>
    public int IndexOfWritten(JsonElement label) => label.ValueKind switch
    {
        JsonValueKind.String => IndexOfWritten(label.GetString()!),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => IndexOfWritten(label.GetRawText()),
        _ => -1,
    };

    private static string NumberText(double label)
    {
        var text = label.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static byte[] JsonText(string name) =>
        [(byte)'"', .. JsonEncodedText.Encode(name).EncodedUtf8Bytes, (byte)'"'];
}
