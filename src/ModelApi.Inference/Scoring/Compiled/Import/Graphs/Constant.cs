using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>A constant of a graph: numbers, which a double holds exactly, or texts.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Dimensions">The shape.</param>
/// <param name="Numbers">The elements in row-major order; empty for texts.</param>
/// <param name="Texts">The elements in row-major order; empty for numbers.</param>
internal sealed record Constant(TensorElementType Type, long[] Dimensions, double[] Numbers, string[] Texts) : GraphValue
{
    // A hostile graph could ask for any size.
    private const int MostCombined = 1 << 24;

    public int Length => Type == TensorElementType.String ? Texts.Length : Numbers.Length;

    /// <exception cref="NotCompilableException">The type is not handled, or an integer is beyond 2^53.</exception>
    public static Constant Read(OnnxTensor tensor)
    {
        var type = (TensorElementType)tensor.DataType;
        long[] dimensions = [.. tensor.Dims];
        var raw = tensor.RawData?.ToByteArray() ?? [];
        double[] numbers = type switch
        {
            TensorElementType.String => [],
            TensorElementType.Float => tensor.HasRawData ? Widen(MemoryMarshal.Cast<byte, float>(raw)) : Widen(tensor.FloatData.ToArray()),
            TensorElementType.Double => tensor.HasRawData ? [.. MemoryMarshal.Cast<byte, double>(raw)] : [.. tensor.DoubleData],
            TensorElementType.Int64 => tensor.HasRawData ? Widen(MemoryMarshal.Cast<byte, long>(raw)) : Widen(tensor.Int64Data.ToArray()),
            TensorElementType.Int32 => tensor.HasRawData ? Widen(MemoryMarshal.Cast<byte, int>(raw)) : Widen(tensor.Int32Data.ToArray()),
            TensorElementType.UInt8 or TensorElementType.Bool => tensor.HasRawData ? Widen<byte>(raw) : Widen(tensor.Int32Data.ToArray()),
            _ => throw new NotCompilableException($"it holds a constant of type {type}"),
        };
        string[] texts = type == TensorElementType.String ? [.. tensor.StringData.Select(text => text.ToStringUtf8())] : [];
        var result = new Constant(type, dimensions, numbers, texts);
        return dimensions.Aggregate(1L, (product, dimension) => product * dimension) == result.Length
            ? result
            : throw new NotCompilableException($"the constant '{tensor.Name}' has another number of elements than its shape says");
    }

    /// <summary>Combines the numbers of two constants, of which the one of fewer dimensions or of length 1 is repeated.</summary>
    /// <exception cref="NotCompilableException">The shapes do not fit.</exception>
    public Constant Combine(Constant other, TensorElementType type, Func<double, double, double> function)
    {
        var rank = Math.Max(Dimensions.Length, other.Dimensions.Length);
        var dimensions = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            var (one, two) = (Dimension(this, i), Dimension(other, i));
            dimensions[i] = one == two || two == 1 ? one
                : one == 1 ? two
                : throw new NotCompilableException("it combines constants of different shapes");
        }

        var length = dimensions.Aggregate(1L, (product, dimension) => checked(product * dimension));
        var numbers = length <= MostCombined
            ? new double[length]
            : throw new NotCompilableException("it combines constants to a very large one");
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = function(Numbers[Place(this, i)], other.Numbers[Place(other, i)]);
        }

        return new Constant(type, dimensions, numbers, []);

        long Dimension(Constant constant, int axis) =>
            axis < rank - constant.Dimensions.Length ? 1 : constant.Dimensions[axis - (rank - constant.Dimensions.Length)];

        int Place(Constant constant, int place)
        {
            var (at, step, rest) = (0L, 1L, (long)place);
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                var dimension = Dimension(constant, axis);
                at += dimension == 1 ? 0 : rest % dimensions[axis] * step;
                step *= dimension;
                rest /= dimensions[axis];
            }

            return (int)at;
        }
    }

    private static double[] Widen<T>(ReadOnlySpan<T> values)
        where T : struct, System.Numerics.INumber<T>
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = double.CreateChecked(values[i]);
            if (typeof(T) == typeof(long) && Math.Abs(wide[i]) > 1L << 53)
            {
                throw new NotCompilableException("it holds an integer beyond 2^53");
            }
        }

        return wide;
    }

    private static double[] Widen<T>(T[] values)
        where T : struct, System.Numerics.INumber<T> => Widen<T>(values.AsSpan());
}
