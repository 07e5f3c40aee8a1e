using System.Globalization;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Batches;

/// <summary>Fills a tensor from nested arrays, in the order in which they are read, and finds the place where they do not fit.</summary>
internal ref struct TensorFill
{
    private readonly Feature _feature;
    private readonly ReadOnlySpan<int> _shape;
    private readonly Span<double> _destination;

    // How many items of each open array were read.
    private readonly Span<int> _counts;
    private int _depth;
    private int _filled;
    private double _lowest;
    private double _highest;

    /// <param name="feature">The tensor.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="destination">Receives its numbers, <c>[elements]</c>.</param>
    /// <param name="counts">Memory for as many numbers as the shape has.</param>
    public TensorFill(Feature feature, ReadOnlySpan<int> shape, Span<double> destination, Span<int> counts)
    {
        _feature = feature;
        _shape = shape;
        _destination = destination;
        _counts = counts;
        (_lowest, _highest) = (double.PositiveInfinity, double.NegativeInfinity);
    }

    /// <summary>Whether the outermost array was closed.</summary>
    public readonly bool IsDone => _depth == 0;

    /// <summary>How many numbers were read.</summary>
    public readonly int Filled => _filled;

    /// <summary>Begins an array.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Open()
    {
        if (_depth > 0 && Misfit(_depth == _shape.Length, "an array") is { } fault)
        {
            return fault;
        }

        _counts[_depth++] = 0;
        return null;
    }

    /// <summary>Ends an array.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Close()
    {
        var (has, due) = (_counts[_depth - 1], _shape[_depth - 1]);
        if (has < due)
        {
            return $"{Place()} holds {has} of {due} items.";
        }

        if (--_depth > 0)
        {
            _counts[_depth - 1]++;
        }

        return null;
    }

    /// <summary>Adds a number.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Add(double value)
    {
        if (Misfit(_depth < _shape.Length, "a number") is { } fault)
        {
            return fault;
        }

        if (!_feature.Range.Holds(value))
        {
            return $"{Place(_depth)} is out of range; must be {_feature.Range.Text}.";
        }

        _counts[_depth - 1]++;
        _destination[_filled++] = value;
        _lowest = Math.Min(_lowest, value);
        _highest = Math.Max(_highest, value);
        return null;
    }

    /// <summary>What is wrong with an item that is neither number nor array.</summary>
    /// <param name="item">The item, with its article.</param>
    public readonly string Refuse(string item) =>
        $"{Place(_depth)} must be {(_depth < _shape.Length ? "an array" : "a number")}, not {item}.";

    /// <summary>What is unusual about the numbers, or null.</summary>
    public readonly string? Unusual() =>
        _lowest < _feature.Minimum
            ? Invariant($"Holds {_lowest:R}, below {_feature.Minimum:R}, the smallest value seen in training.")
        : _highest > _feature.Maximum
            ? Invariant($"Holds {_highest:R}, above {_feature.Maximum:R}, the largest value seen in training.")
        : null;

    private readonly string? Misfit(bool isOtherKind, string item) =>
        isOtherKind ? Refuse(item)
        : _counts[_depth - 1] == _shape[_depth - 1]
            ? $"{Place()} holds more than {_shape[_depth - 1]} items."
        : null;

    // The array that is open, or with its own depth the item that comes next in it.
    private readonly string Place(int depth = -1)
    {
        var levels = depth < 0 ? _depth - 1 : depth;
        var place = "";
        for (var level = 0; level < levels; level++)
        {
            place += $"[{_counts[level].ToString(CultureInfo.InvariantCulture)}]";
        }

        return place.Length == 0 ? "The tensor" : $"Item {place}";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
