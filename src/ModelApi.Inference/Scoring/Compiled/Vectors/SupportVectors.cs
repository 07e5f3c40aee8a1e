using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Vectors;

/// <summary>The support vectors of a model: how near each is to a row.</summary>
internal sealed class SupportVectors
{
    // So many vectors are compared at a time, in four registers.
    private const int Together = 64;

    private readonly SupportKernel _kernel;
    private readonly int _features;
    private readonly int _padded;

    // [features × vectors, padded with zeros], so that the vectors lie side by side in registers.
    private readonly float[] _columns;

    /// <param name="vectors">The vectors, <c>[vectors × features]</c>.</param>
    /// <param name="count">The number of vectors, at least one.</param>
    /// <param name="kernel">The measure of nearness.</param>
    public SupportVectors(float[] vectors, int count, SupportKernel kernel)
    {
        (Count, _kernel, _features) = (count, kernel, vectors.Length / count);
        _padded = (count + Together - 1) / Together * Together;
        _columns = new float[checked(_features * _padded)];
        for (var i = 0; i < vectors.Length; i++)
        {
            _columns[(i % _features * _padded) + (i / _features)] = vectors[i];
        }
    }

    public int Count { get; }

    /// <summary>The length of the memory that <see cref="Compare"/> needs.</summary>
    public int Length => _padded;

    /// <summary>Compares a row with all vectors.</summary>
    /// <param name="row">The row, <c>[features]</c>.</param>
    /// <param name="nearness">Receives the kernel's value for each vector; of <see cref="Length"/>.</param>
    public void Compare(ReadOnlySpan<float> row, Span<float> nearness)
    {
        row = row[.._features];
        nearness = nearness[.._padded];
        for (var first = 0; first < _padded; first += Together)
        {
            if (_kernel.Kind == KernelKind.Radial)
            {
                SumSquares(row, first, nearness[first..]);
            }
            else
            {
                SumProducts(row, first, nearness[first..]);
            }
        }

        _kernel.Finish(nearness[..Count]);
    }

    // Products and sums are rounded one by one and in the order of the features, as ONNX Runtime does it.
    private void SumSquares(ReadOnlySpan<float> row, int first, Span<float> sums)
    {
        ref var column = ref MemoryMarshal.GetArrayDataReference(_columns);
        Vector512<float> a = default, b = default, c = default, d = default;
        var at = (nuint)first;
        foreach (var number in row)
        {
            var value = Vector512.Create(number);
            var (x, y) = (value - Vector512.LoadUnsafe(ref column, at), value - Vector512.LoadUnsafe(ref column, at + 16));
            var (z, w) = (value - Vector512.LoadUnsafe(ref column, at + 32), value - Vector512.LoadUnsafe(ref column, at + 48));
            (a, b, c, d) = (a + (x * x), b + (y * y), c + (z * z), d + (w * w));
            at += (nuint)_padded;
        }

        Store(a, b, c, d, sums);
    }

    private void SumProducts(ReadOnlySpan<float> row, int first, Span<float> sums)
    {
        ref var column = ref MemoryMarshal.GetArrayDataReference(_columns);
        Vector512<float> a = default, b = default, c = default, d = default;
        var at = (nuint)first;
        foreach (var number in row)
        {
            var value = Vector512.Create(number);
            a = Vector512.FusedMultiplyAdd(value, Vector512.LoadUnsafe(ref column, at), a);
            b = Vector512.FusedMultiplyAdd(value, Vector512.LoadUnsafe(ref column, at + 16), b);
            c = Vector512.FusedMultiplyAdd(value, Vector512.LoadUnsafe(ref column, at + 32), c);
            d = Vector512.FusedMultiplyAdd(value, Vector512.LoadUnsafe(ref column, at + 48), d);
            at += (nuint)_padded;
        }

        Store(a, b, c, d, sums);
    }

    private static void Store(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Span<float> sums)
    {
        a.CopyTo(sums);
        b.CopyTo(sums[16..]);
        c.CopyTo(sums[32..]);
        d.CopyTo(sums[48..]);
    }

    /// <summary>The sum of products, of which each has 32 bits and the sum 64.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector512<double> low = default, high = default;
        var i = 0;
        for (; i + Vector512<float>.Count <= left.Length; i += Vector512<float>.Count)
        {
            var products = Vector512.Create(left[i..]) * Vector512.Create(right[i..]);
            var (first, second) = Vector512.Widen(products);
            (low, high) = (low + first, high + second);
        }

        var sum = Vector512.Sum(low + high);
        for (; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}

/// <summary>How near a vector is to a row, by their distance or their product.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Gamma">Its factor.</param>
/// <param name="Offset">What a product is increased by.</param>
/// <param name="Degree">The power of a polynomial.</param>
internal sealed record SupportKernel(KernelKind Kind, float Gamma, float Offset, float Degree)
{
    /// <summary>Turns squared distances, or products, into nearness.</summary>
    public void Finish(Span<float> values)
    {
        switch (Kind)
        {
            case KernelKind.Radial:
                TensorPrimitives.Multiply(values, -Gamma, values);
                TensorPrimitives.Exp(values, values);
                break;
            case KernelKind.Polynomial:
                Shift(values);
                Raise(values);
                break;
            case KernelKind.Sigmoid:
                Shift(values);
                TensorPrimitives.Tanh(values, values);
                break;
        }
    }

    private void Shift(Span<float> values)
    {
        TensorPrimitives.Multiply(values, Gamma, values);
        TensorPrimitives.Add(values, Offset, values);
    }

    private void Raise(Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = Degree switch
            {
                2 => value * value,
                3 => value * value * value,
                _ => MathF.Pow(value, Degree),
            };
        }
    }
}

/// <summary>The kernels of ai.onnx.ml: LINEAR, POLY, RBF and SIGMOID.</summary>
internal enum KernelKind
{
    Linear,
    Polynomial,
    Radial,
    Sigmoid,
}
