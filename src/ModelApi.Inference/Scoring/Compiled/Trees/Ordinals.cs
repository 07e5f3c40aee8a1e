using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Floats numbered in their order, to search for the one at which a monotone function passes a bound.</summary>
internal static class Ordinals
{
    /// <summary>The next smaller 64-bit or 32-bit float; NaN below negative infinity.</summary>
    public static double Previous(double value, bool isDouble) =>
        double.IsNegativeInfinity(value) ? double.NaN
        : isDouble ? Math.BitDecrement(value)
        : MathF.BitDecrement((float)value);

    /// <summary>The largest input for which a monotone function stays on the low side of a bound.</summary>
    /// <param name="column">The function.</param>
    /// <param name="isHigh">Whether a result is beyond the bound: false for small inputs, true for large ones.</param>
    /// <returns>The last input with a false result; NaN if all results are true.</returns>
    public static double LastBefore(NumberColumn column, Func<double, bool> isHigh)
    {
        if (isHigh(column.Evaluate(double.NegativeInfinity)))
        {
            return double.NaN;
        }

        long low = ToOrdinal(double.NegativeInfinity, column.IsSingle), high = ToOrdinal(double.PositiveInfinity, column.IsSingle);
        while (low < high)
        {
            // Rounded up, so that low always has a false result. The distance may exceed the range of long.
            var distance = (ulong)(high - low);
            var middle = low + (long)((distance >> 1) + (distance & 1));
            if (isHigh(column.Evaluate(FromOrdinal(middle, column.IsSingle))))
            {
                high = middle - 1;
            }
            else
            {
                low = middle;
            }
        }

        return FromOrdinal(low, column.IsSingle);
    }

    private static long ToOrdinal(double value, bool isSingle)
    {
        if (isSingle)
        {
            var bits = BitConverter.SingleToInt32Bits((float)value);
            return bits < 0 ? int.MinValue - (long)bits : bits;
        }

        // No overflow: only NaNs, which never come here, lie beyond the infinities.
        var wide = BitConverter.DoubleToInt64Bits(value);
        return wide < 0 ? long.MinValue - wide : wide;
    }

    private static double FromOrdinal(long ordinal, bool isSingle) =>
        isSingle
            ? BitConverter.Int32BitsToSingle(ordinal < 0 ? (int)(int.MinValue - ordinal) : (int)ordinal)
            : BitConverter.Int64BitsToDouble(ordinal < 0 ? long.MinValue - ordinal : ordinal);
}
