using System.Numerics;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>Numeric features rounded to 32 bits, imputed and scaled, as most linear models take them.</summary>
internal sealed class ScaledNumbers
{
    // Each number's column in the batch.
    private readonly int[] _columns;

    // Each padded to whole vectors.
    private readonly float[] _replacements;
    private readonly float[] _offsets;
    private readonly float[] _scales;

    // Null if no number is divided.
    private readonly float[]? _divisors;
    private readonly bool _areNeighbours;

    private ScaledNumbers(int[] columns, float[] replacements, float[] offsets, float[] scales, float[] divisors)
    {
        (_columns, _replacements, _offsets, _scales) = (columns, replacements, offsets, scales);
        _divisors = Array.TrueForAll(divisors, divisor => divisor == 1) ? null : divisors;
        _areNeighbours = true;
        for (var i = 0; i < columns.Length; i++)
        {
            _areNeighbours &= columns[i] == columns[0] + i;
        }
    }

    /// <summary>The number of numbers, rounded up to whole vectors.</summary>
    public int Length => _scales.Length;

    /// <summary>Recognizes columns of that form.</summary>
    /// <returns>Null when a column goes through other steps, or there are no columns.</returns>
    public static ScaledNumbers? TryRead(IReadOnlyList<Column> inputs, Signature signature)
    {
        if (inputs.Count == 0)
        {
            return null;
        }

        var columns = new int[inputs.Count];
        var length = (inputs.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        var (replacements, offsets) = (new float[length], new float[length]);
        var (scales, divisors) = (new float[length], new float[length]);
        Array.Fill(divisors, 1);
        for (var i = 0; i < columns.Length; i++)
        {
            if (inputs[i] is not NumberColumn { IsSingle: true } number)
            {
                return null;
            }

            var steps = number.Steps;
            var at = 0;
            columns[i] = signature.ColumnOf(number.Feature);
            (replacements[i], offsets[i], scales[i]) = (float.NaN, 0, 1);
            if (at < steps.Count && steps[at] is Impute { KeepsNumbers: true } impute)
            {
                replacements[i] = (float)impute.Apply(double.NaN);
                at++;
            }

            if (at < steps.Count && steps[at] is ScaleSingle scaling)
            {
                (offsets[i], scales[i]) = (scaling.Offset, scaling.Scale);
                at++;
            }
            else
            {
                if (at < steps.Count && steps[at] is Arithmetic { IsLeft: false, IsDouble: false, Operation: "Add" or "Sub" } shift)
                {
                    offsets[i] = (float)(shift.Operation == "Add" ? -shift.Constant : shift.Constant);
                    at++;
                }

                if (at < steps.Count && steps[at] is Arithmetic { IsLeft: false, IsDouble: false, Operation: "Mul" or "Div" } factor)
                {
                    var constant = (float)factor.Constant;
                    (scales[i], divisors[i]) = factor.Operation == "Mul" ? (constant, 1f) : (1f, constant);
                    at++;
                }
            }

            if (at < steps.Count)
            {
                return null;
            }
        }

        return new ScaledNumbers(columns, replacements, offsets, scales, divisors);
    }

    /// <summary>Reads the numbers of a block's first row.</summary>
    /// <param name="block">The row.</param>
    /// <param name="values">Receives the numbers; of <see cref="Length"/>, with zeros as padding.</param>
    public void Read(Block block, Span<double> values)
    {
        var features = block.Features;
        var numbers = features.AllNumbers;
        if (_areNeighbours && features.Capacity == 1)
        {
            numbers.Slice(_columns[0], _columns.Length).CopyTo(values);
        }
        else
        {
            for (var i = 0; i < _columns.Length; i++)
            {
                values[i] = numbers[(_columns[i] * features.Capacity) + block.Start];
            }
        }

        for (var i = 0; i < values.Length; i += Vector<float>.Count)
        {
            var low = values[i..];
            var high = values[(i + Vector<double>.Count)..];
            var value = Vector.Narrow(new Vector<double>(low), new Vector<double>(high));
            value = Vector.ConditionalSelect(Vector.Equals(value, value), value, new Vector<float>(_replacements, i));
            value = (value - new Vector<float>(_offsets, i)) * new Vector<float>(_scales, i);
            value = _divisors is null ? value : value / new Vector<float>(_divisors, i);
            Vector.Widen(value, out var first, out var second);
            first.CopyTo(low);
            second.CopyTo(high);
        }
    }
}
