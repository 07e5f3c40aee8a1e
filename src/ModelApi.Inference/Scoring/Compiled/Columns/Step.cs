using System.Numerics;

namespace ModelApi.Inference.Scoring.Compiled.Columns;

/// <summary>A function of each number of a column, rounded as ONNX Runtime rounds it.</summary>
internal abstract class Step
{
    /// <summary>1 for a non-decreasing function, -1 for a non-increasing one, 0 for any other.</summary>
    public virtual int Direction => 0;

    /// <summary>Whether it changes only missing values.</summary>
    public virtual bool KeepsNumbers => false;

    /// <summary>Applies the step to one number.</summary>
    public abstract double Apply(double value);

    /// <summary>Applies the step to many numbers in place.</summary>
    public virtual void Apply(Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Apply(values[i]);
        }
    }
}

/// <summary>Rounds to a 32-bit float.</summary>
internal sealed class ToSingle : Step
{
    public override int Direction => 1;

    public override double Apply(double value) => (float)value;

    public override void Apply(Span<double> values) => Round(values, values);

    /// <summary>Rounds numbers in place, unless they have 64 bits.</summary>
    public static void Round(Span<double> values, bool isDouble)
    {
        if (!isDouble)
        {
            Round(values, values);
        }
    }

    public static void Round(ReadOnlySpan<double> values, Span<double> rounded)
    {
        var row = 0;
        for (; row + Vector<float>.Count <= values.Length; row += Vector<float>.Count)
        {
            Vector.Widen(
                Vector.Narrow(new Vector<double>(values[row..]), new Vector<double>(values[(row + Vector<double>.Count)..])),
                out var first,
                out var second);
            first.CopyTo(rounded[row..]);
            second.CopyTo(rounded[(row + Vector<double>.Count)..]);
        }

        for (; row < values.Length; row++)
        {
            rounded[row] = (float)values[row];
        }
    }
}

/// <summary>Cuts the fraction off, as a C cast to a 64-bit integer does.</summary>
internal sealed class ToInteger : Step
{
    // The result on x86 for numbers that no 64-bit integer can hold.
    private const double Indefinite = -9223372036854775808.0;

    public override double Apply(double value) => Math.Abs(value) < -Indefinite ? Math.Truncate(value) : Indefinite;
}

/// <summary>Cuts the fraction off, as a C cast to a 32-bit integer does.</summary>
internal sealed class ToInteger32 : Step
{
    public override double Apply(double value) => Math.Abs(value) < -(double)int.MinValue ? Math.Truncate(value) : int.MinValue;
}

/// <summary>0 for zero, 1 for any other number.</summary>
internal sealed class ToBoolean : Step
{
    public override double Apply(double value) => value == 0 ? 0 : 1;
}

/// <summary>Replaces missing values, or a number that stands for them.</summary>
internal sealed class Impute(double missing, double replacement) : Step
{
    public override int Direction => KeepsNumbers ? 1 : 0;

    public override bool KeepsNumbers => double.IsNaN(missing);

    public override double Apply(double value) => (double.IsNaN(missing) ? double.IsNaN(value) : value == missing) ? replacement : value;
}

/// <summary>Subtracts, then multiplies, in 32-bit floats.</summary>
internal sealed class ScaleSingle(float offset, float scale) : Step
{
    public float Offset { get; } = offset;

    public float Scale { get; } = scale;

    public override int Direction => float.IsFinite(Offset) && float.IsFinite(Scale) ? Math.Sign(Scale) : 0;

    public override double Apply(double value) => ((float)value - Offset) * Scale;

    public override void Apply(Span<double> values)
    {
        var row = 0;
        var (offsets, scales) = (new Vector<float>(Offset), new Vector<float>(Scale));
        for (; row + Vector<float>.Count <= values.Length; row += Vector<float>.Count)
        {
            var low = values[row..];
            var high = values[(row + Vector<double>.Count)..];
            var singles = Vector.Narrow(new Vector<double>(low), new Vector<double>(high));
            Vector.Widen((singles - offsets) * scales, out var first, out var second);
            first.CopyTo(low);
            second.CopyTo(high);
        }

        for (; row < values.Length; row++)
        {
            values[row] = Apply(values[row]);
        }
    }
}

/// <summary>Subtracts, then multiplies, in 64-bit floats, and rounds the result to 32 bits.</summary>
internal sealed class ScaleDouble(double offset, double scale) : Step
{
    public override int Direction => double.IsFinite(offset) && double.IsFinite(scale) ? Math.Sign(scale) : 0;

    public override double Apply(double value) => (float)((value - offset) * scale);
}

/// <summary>1 above a threshold, else 0.</summary>
internal sealed class Binarize(float threshold) : Step
{
    public override int Direction => 1;

    public override double Apply(double value) => value > threshold ? 1 : 0;
}

/// <summary>1 for one whole number, else 0.</summary>
internal sealed class Equal(double number) : Step
{
    public double Number { get; } = number;

    public override double Apply(double value) => value == Number ? 1 : 0;
}

/// <summary>Replaces numbers by a table.</summary>
internal sealed class Lookup(IReadOnlyDictionary<double, double> numbers, double otherwise, double missing) : Step
{
    public override double Apply(double value) => double.IsNaN(value) ? missing : numbers.GetValueOrDefault(value, otherwise);
}
