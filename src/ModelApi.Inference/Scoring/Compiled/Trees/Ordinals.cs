using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>The floats in their order, so that the one can be found at which a monotone function passes a bound.</summary>
internal static class Ordinals
{
    /// <summary>The next smaller float of that width; NaN where there is none.</summary>
    public static double Previous(double value, bool isDouble) =>
        double.IsNegativeInfinity(value) ? double.NaN
        : isDouble ? Math.BitDecrement(value)
        : MathF.BitDecrement((float)value);

    /// <summary>The largest number of which a function that never falls is at most a bound.</summary>
    /// <param name="column">The function.</param>
    /// <param name="isHigh">What holds for large numbers and not for small ones.</param>
    /// <returns>The last number for which it does not hold; NaN when it holds for all.</returns>
    public static double LastBefore(NumberColumn column, Func<double, bool> isHigh)
    {
        if (isHigh(column.Evaluate(double.NegativeInfinity)))
        {
            return double.NaN;
        }

        long low = ToOrdinal(double.NegativeInfinity, column.IsSingle), high = ToOrdinal(double.PositiveInfinity, column.IsSingle);
        while (low < high)
        {
            // Upwards, so that low itself always is a number for which it does not hold.
            // The distance may be more than a signed integer holds.
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

        // Within long: NaNs are not asked for, and they alone lie beyond the infinities.
        var wide = BitConverter.DoubleToInt64Bits(value);
        return wide < 0 ? long.MinValue - wide : wide;
    }

    private static double FromOrdinal(long ordinal, bool isSingle) =>
        isSingle
            ? BitConverter.Int32BitsToSingle(ordinal < 0 ? (int)(int.MinValue - ordinal) : (int)ordinal)
            : BitConverter.Int64BitsToDouble(ordinal < 0 ? long.MinValue - ordinal : ordinal);
}
