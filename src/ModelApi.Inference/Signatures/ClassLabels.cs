using System.Text;
using System.Text.Json.Nodes;

namespace ModelApi.Inference.Signatures;

/// <summary>The classes of a classifier, in the order of its probability columns.</summary>
public sealed class ClassLabels
{
    private readonly byte[][] _utf8;
    private readonly long[] _integers;

    /// <summary>Classes with names.</summary>
    public ClassLabels(IReadOnlyList<string> names)
    {
        Names = [.. names];
        _integers = [];
        _utf8 = [.. Names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Classes that are whole numbers, such as a quality from 3 to 9.</summary>
    public ClassLabels(IReadOnlyList<long> labels)
        : this([.. labels.Select(label => label.ToString(System.Globalization.CultureInfo.InvariantCulture))])
    {
        AreIntegers = true;
        _integers = [.. labels];
    }

    /// <summary>The classes as text: the keys of the probabilities.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether a prediction is written as a JSON number rather than a string.</summary>
    public bool AreIntegers { get; }

    /// <summary>How many classes there are.</summary>
    public int Count => Names.Count;

    /// <summary>The number that the class at that index is; only where <see cref="AreIntegers"/>.</summary>
    public long Integer(int index) => _integers[index];

    /// <summary>The class at that index as JSON: a number where <see cref="AreIntegers"/>, or else a string.</summary>
    public JsonValue ValueOf(int index) => AreIntegers ? JsonValue.Create(Integer(index)) : JsonValue.Create(Names[index])!;

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

    /// <summary>The index of an integer label, or -1.</summary>
    public int IndexOf(long label) => Array.IndexOf(_integers, label);
}
