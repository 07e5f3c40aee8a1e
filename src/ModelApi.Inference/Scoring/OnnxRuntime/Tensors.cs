using System.Numerics;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Converts the elements of tensors.</summary>
internal static class Tensors
{
    /// <summary>Converts as many numbers or booleans as there is room for.</summary>
    /// <param name="tensor">At least as many elements.</param>
    /// <param name="type">Their type.</param>
    /// <param name="destination">Receives them, rounded where its type is narrower.</param>
    /// <exception cref="NotSupportedException">The elements are no numbers.</exception>
    public static void Convert<T>(BoundTensor tensor, TensorElementType type, Span<T> destination)
        where T : INumberBase<T>
    {
        switch (type)
        {
            case TensorElementType.Float:
                Convert<float, T>(tensor, destination);
                break;
            case TensorElementType.Double:
                Convert<double, T>(tensor, destination);
                break;
            case TensorElementType.Float16:
                Convert<Half, T>(tensor, destination);
                break;
            case TensorElementType.Int64:
                Convert<long, T>(tensor, destination);
                break;
            case TensorElementType.Int32:
                Convert<int, T>(tensor, destination);
                break;
            case TensorElementType.Int16:
                Convert<short, T>(tensor, destination);
                break;
            case TensorElementType.Int8:
                Convert<sbyte, T>(tensor, destination);
                break;
            case TensorElementType.UInt32:
                Convert<uint, T>(tensor, destination);
                break;
            case TensorElementType.UInt16:
                Convert<ushort, T>(tensor, destination);
                break;
            case TensorElementType.UInt8 or TensorElementType.Bool:
                Convert<byte, T>(tensor, destination);
                break;
            default:
                throw new NotSupportedException($"Elements of type {type} are no numbers.");
        }
    }

    private static void Convert<TFrom, T>(BoundTensor tensor, Span<T> destination)
        where TFrom : unmanaged, INumberBase<TFrom>
        where T : INumberBase<T>
    {
        var values = tensor.Numbers<TFrom>();
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = T.CreateSaturating(values[i]);
        }
    }
}
