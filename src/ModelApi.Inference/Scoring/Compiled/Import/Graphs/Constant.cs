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
