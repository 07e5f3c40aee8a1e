using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Numeric features as the columns of a tensor.</summary>
internal sealed class NumberInput<T>(GraphStepInput input) : GraphInput(input) where T : unmanaged
{
    // Few enough rows to stay in the first-level cache while each column is written across them.
    private const int BlockRows = 64;

    public override void Fill(FeatureBatch batch, int firstRow)
    {
        var destination = Tensor.Numbers<T>();
        if (Features.Count == 1)
        {
            Convert(batch.Numbers(Features[0]).Slice(firstRow, destination.Length), destination);
            return;
        }

        var rows = destination.Length / Features.Count;
        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            for (var column = 0; column < Features.Count; column++)
            {
                var source = batch.Numbers(Features[column]).Slice(firstRow + start, count);
                var element = (start * Features.Count) + column;
                foreach (var value in source)
                {
                    destination[element] = Convert(value);
                    element += Features.Count;
                }
            }
        }
    }

    /// <summary>Converts numbers, each of which <typeparamref name="T"/> can hold.</summary>
    internal static void Convert(ReadOnlySpan<double> source, Span<T> destination)
    {
        if (typeof(T) == typeof(double))
        {
            source.CopyTo(MemoryMarshal.Cast<T, double>(destination));
            return;
        }

        var row = 0;
        if (typeof(T) == typeof(float))
        {
            var pairs = MemoryMarshal.Cast<double, Vector128<double>>(source);
            var fours = MemoryMarshal.Cast<T, Vector128<float>>(destination);
            for (var i = 0; i < fours.Length; i++)
            {
                fours[i] = Vector128.Narrow(pairs[2 * i], pairs[(2 * i) + 1]);
            }

            row = fours.Length * Vector128<float>.Count;
        }

        for (; row < source.Length; row++)
        {
            destination[row] = Convert(source[row]);
        }
    }

    private static T Convert(double value)
    {
        if (typeof(T) == typeof(float))
        {
            // The trainer rounds its doubles to floats as well, so this is the same value.
            return (T)(object)(float)value;
        }

        // The compiler keeps the one line that is for T.
        return typeof(T) == typeof(long) ? (T)(object)(long)value
            : typeof(T) == typeof(int) ? (T)(object)(int)value
            : typeof(T) == typeof(short) ? (T)(object)(short)value
            : typeof(T) == typeof(sbyte) ? (T)(object)(sbyte)value
            : typeof(T) == typeof(ulong) ? (T)(object)(ulong)value
            : typeof(T) == typeof(uint) ? (T)(object)(uint)value
            : typeof(T) == typeof(ushort) ? (T)(object)(ushort)value
            : typeof(T) == typeof(byte) ? (T)(object)(byte)value
            : typeof(T) == typeof(Half) ? (T)(object)(Half)value
            : typeof(T) == typeof(bool) ? (T)(object)(value != 0)
            : (T)(object)value;
    }
}
