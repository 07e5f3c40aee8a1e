using System.Numerics;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>Numbers of the request that are rounded to 32 bits, imputed and scaled: what most models do before they add up.</summary>
internal sealed class ScaledNumbers
{
    // By number: which of the batch's columns of numbers it is.
    private readonly int[] _columns;

    // What a missing value becomes, what is subtracted, and what the difference is multiplied by. As long as whole vectors are.
    private readonly float[] _replacements;
    private readonly float[] _offsets;
    private readonly float[] _scales;
    private readonly bool _areNeighbours;

    private ScaledNumbers(int[] columns, float[] replacements, float[] offsets, float[] scales)
    {
        (_columns, _replacements, _offsets, _scales) = (columns, replacements, offsets, scales);
        _areNeighbours = true;
        for (var i = 0; i < columns.Length; i++)
        {
            _areNeighbours &= columns[i] == columns[0] + i;
        }
    }

    /// <summary>How many numbers there is to be room for: as many as there are, and up to the end of a vector.</summary>
    public int Length => _scales.Length;

    /// <summary>Reads columns as such numbers.</summary>
    /// <returns>Null when something else happens to one of them, or there are none.</returns>
    public static ScaledNumbers? TryRead(IReadOnlyList<Column> inputs, Signature signature)
    {
        if (inputs.Count == 0)
        {
            return null;
        }

        var columns = new int[inputs.Count];
        var length = (inputs.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        var (replacements, offsets, scales) = (new float[length], new float[length], new float[length]);
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

            if (at < steps.Count)
            {
                return null;
            }
        }

        return new ScaledNumbers(columns, replacements, offsets, scales);
    }

    /// <summary>Reads the numbers of a block's first row.</summary>
    /// <param name="block">The row.</param>
    /// <param name="values"><see cref="Length"/> long, zero beyond the numbers; receives them.</param>
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
            Vector.Widen(value, out var first, out var second);
            first.CopyTo(low);
            second.CopyTo(high);
        }
    }
}
