using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>A constant matrix that rows are multiplied by.</summary>
internal sealed class WeightMatrix
{
    private readonly int _inputs;
    private readonly int _outputs;

    // [outputs × inputs] and [inputs × outputs].
    private readonly double[] _byOutput;
    private readonly double[] _byInput;

    /// <param name="weights">The weights, <c>[outputs × inputs]</c>.</param>
    /// <param name="outputs">The number of outputs.</param>
    public WeightMatrix(double[] weights, int outputs)
    {
        (_outputs, _inputs) = (outputs, weights.Length / outputs);
        _byOutput = weights;
        _byInput = new double[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            _byInput[(i % _inputs * outputs) + (i / _inputs)] = weights[i];
        }
    }

    /// <summary>Adds the products of one row to sums.</summary>
    /// <param name="values">The row, <c>[inputs]</c>.</param>
    /// <param name="sums">The sums, <c>[outputs]</c>.</param>
    public void AddRow(ReadOnlySpan<double> values, Span<double> sums)
    {
        // The indices below rely on these lengths.
        values = values[.._inputs];
        sums = sums[.._outputs];
        var output = Vector512.IsHardwareAccelerated
            ? AddRow<Vector512<double>, Doubles512>(values, sums)
            : AddRow<Vector256<double>, Doubles256>(values, sums);
        for (; output < _outputs; output++)
        {
            sums[output] += TensorPrimitives.Dot(values, _byOutput.AsSpan(output * _inputs, _inputs));
        }
    }

    /// <summary>Adds the products of many rows to sums. Columns and sums are stored column after column.</summary>
    /// <param name="columns">The columns, <c>[inputs × stride]</c>.</param>
    /// <param name="sums">The sums, <c>[outputs × stride]</c>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="stride">The distance between columns.</param>
    public void AddRows(ReadOnlySpan<double> columns, Span<double> sums, int rows, int stride)
    {
        columns = columns[..(_inputs * stride)];
        sums = sums[..(_outputs * stride)];
        var row = Vector512.IsHardwareAccelerated
            ? AddRows<Vector512<double>, Doubles512>(columns, sums, rows, stride)
            : AddRows<Vector256<double>, Doubles256>(columns, sums, rows, stride);
        for (; row < rows; row++)
        {
            for (var output = 0; output < _outputs; output++)
            {
                var weights = _byOutput.AsSpan(output * _inputs, _inputs);
                var sum = 0.0;
                for (var input = 0; input < weights.Length; input++)
                {
                    sum += columns[(input * stride) + row] * weights[input];
                }

                sums[(output * stride) + row] += sum;
            }
        }
    }

    /// <returns>The number of outputs that are done: whole vectors of them.</returns>
    private int AddRow<TVector, TDoubles>(ReadOnlySpan<double> values, Span<double> sums)
        where TVector : struct
        where TDoubles : IDoubles<TVector>
    {
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_byInput);
        var output = 0;
        for (; output + (4 * TDoubles.Count) <= _outputs; output += 4 * TDoubles.Count)
        {
            AddWide<TVector, TDoubles>(ref value, ref Unsafe.Add(ref weights, output), ref Unsafe.Add(ref sum, output));
        }

        for (; output + TDoubles.Count <= _outputs; output += TDoubles.Count)
        {
            AddNarrow<TVector, TDoubles>(ref value, ref Unsafe.Add(ref weights, output), ref Unsafe.Add(ref sum, output));
        }

        return output;
    }

    // Four vectors of outputs, in two chains of sums each, so that additions need not wait for each other.
    private void AddWide<TVector, TDoubles>(ref double values, ref double weights, ref double sums)
        where TVector : struct
        where TDoubles : IDoubles<TVector>
    {
        TVector a0 = TDoubles.Load(ref sums, 0), a1 = TDoubles.Load(ref sums, TDoubles.Count);
        TVector a2 = TDoubles.Load(ref sums, 2 * TDoubles.Count), a3 = TDoubles.Load(ref sums, 3 * TDoubles.Count);
        TVector b0 = default, b1 = default, b2 = default, b3 = default;
        nint stride = _outputs, at = 0;
        var input = 0;
        for (; input + 2 <= _inputs; input += 2, at += 2 * stride)
        {
            var value = TDoubles.Broadcast(Unsafe.Add(ref values, input));
            var next = TDoubles.Broadcast(Unsafe.Add(ref values, input + 1));
            a0 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at), a0);
            a1 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at + TDoubles.Count), a1);
            a2 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at + (2 * TDoubles.Count)), a2);
            a3 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at + (3 * TDoubles.Count)), a3);
            b0 = TDoubles.MultiplyAdd(next, TDoubles.Load(ref weights, at + stride), b0);
            b1 = TDoubles.MultiplyAdd(next, TDoubles.Load(ref weights, at + stride + TDoubles.Count), b1);
            b2 = TDoubles.MultiplyAdd(next, TDoubles.Load(ref weights, at + stride + (2 * TDoubles.Count)), b2);
            b3 = TDoubles.MultiplyAdd(next, TDoubles.Load(ref weights, at + stride + (3 * TDoubles.Count)), b3);
        }

        if (input < _inputs)
        {
            var value = TDoubles.Broadcast(Unsafe.Add(ref values, input));
            a0 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at), a0);
            a1 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at + TDoubles.Count), a1);
            a2 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at + (2 * TDoubles.Count)), a2);
            a3 = TDoubles.MultiplyAdd(value, TDoubles.Load(ref weights, at + (3 * TDoubles.Count)), a3);
        }

        TDoubles.Store(TDoubles.Add(a0, b0), ref sums, 0);
        TDoubles.Store(TDoubles.Add(a1, b1), ref sums, TDoubles.Count);
        TDoubles.Store(TDoubles.Add(a2, b2), ref sums, 2 * TDoubles.Count);
        TDoubles.Store(TDoubles.Add(a3, b3), ref sums, 3 * TDoubles.Count);
    }

    // One vector of outputs, in four chains of sums.
    private void AddNarrow<TVector, TDoubles>(ref double values, ref double weights, ref double sums)
        where TVector : struct
        where TDoubles : IDoubles<TVector>
    {
        TVector a = TDoubles.Load(ref sums, 0), b = default, c = default, d = default;
        nint stride = _outputs, at = 0;
        var input = 0;
        for (; input + 4 <= _inputs; input += 4, at += 4 * stride)
        {
            ref var four = ref Unsafe.Add(ref values, input);
            a = TDoubles.MultiplyAdd(TDoubles.Broadcast(four), TDoubles.Load(ref weights, at), a);
            b = TDoubles.MultiplyAdd(TDoubles.Broadcast(Unsafe.Add(ref four, 1)), TDoubles.Load(ref weights, at + stride), b);
            c = TDoubles.MultiplyAdd(TDoubles.Broadcast(Unsafe.Add(ref four, 2)), TDoubles.Load(ref weights, at + (2 * stride)), c);
            d = TDoubles.MultiplyAdd(TDoubles.Broadcast(Unsafe.Add(ref four, 3)), TDoubles.Load(ref weights, at + (3 * stride)), d);
        }

        for (; input < _inputs; input++, at += stride)
        {
            a = TDoubles.MultiplyAdd(TDoubles.Broadcast(Unsafe.Add(ref values, input)), TDoubles.Load(ref weights, at), a);
        }

        TDoubles.Store(TDoubles.Add(TDoubles.Add(a, b), TDoubles.Add(c, d)), ref sums, 0);
    }

    /// <returns>The number of rows that are done: whole vectors of them.</returns>
    private int AddRows<TVector, TDoubles>(ReadOnlySpan<double> columns, Span<double> sums, int rows, int stride)
        where TVector : struct
        where TDoubles : IDoubles<TVector>
    {
        ref var value = ref MemoryMarshal.GetReference(columns);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var byInput = ref MemoryMarshal.GetArrayDataReference(_byInput);
        var row = 0;
        for (; row + TDoubles.Count <= rows; row += TDoubles.Count)
        {
            ref var here = ref Unsafe.Add(ref value, row);
            var output = 0;
            for (; output + 8 <= _outputs; output += 8)
            {
                AddEight<TVector, TDoubles>(
                    ref here, ref Unsafe.Add(ref byInput, output), ref Unsafe.Add(ref sum, ((nint)output * stride) + row), stride);
            }

            for (; output < _outputs; output++)
            {
                AddOne<TVector, TDoubles>(
                    ref here, ref _byOutput[output * _inputs], ref Unsafe.Add(ref sum, ((nint)output * stride) + row), stride);
            }
        }

        return row;
    }

    // One vector of rows and eight outputs.
    private void AddEight<TVector, TDoubles>(ref double values, ref double weights, ref double sums, nint stride)
        where TVector : struct
        where TDoubles : IDoubles<TVector>
    {
        TVector a0 = TDoubles.Load(ref sums, 0), a1 = TDoubles.Load(ref sums, stride);
        TVector a2 = TDoubles.Load(ref sums, 2 * stride), a3 = TDoubles.Load(ref sums, 3 * stride);
        TVector a4 = TDoubles.Load(ref sums, 4 * stride), a5 = TDoubles.Load(ref sums, 5 * stride);
        TVector a6 = TDoubles.Load(ref sums, 6 * stride), a7 = TDoubles.Load(ref sums, 7 * stride);
        for (var input = 0; input < _inputs; input++)
        {
            var value = TDoubles.Load(ref values, 0);
            a0 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(weights), a0);
            a1 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 1)), a1);
            a2 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 2)), a2);
            a3 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 3)), a3);
            a4 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 4)), a4);
            a5 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 5)), a5);
            a6 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 6)), a6);
            a7 = TDoubles.MultiplyAdd(value, TDoubles.Broadcast(Unsafe.Add(ref weights, 7)), a7);
            values = ref Unsafe.Add(ref values, stride);
            weights = ref Unsafe.Add(ref weights, _outputs);
        }

        TDoubles.Store(a0, ref sums, 0);
        TDoubles.Store(a1, ref sums, stride);
        TDoubles.Store(a2, ref sums, 2 * stride);
        TDoubles.Store(a3, ref sums, 3 * stride);
        TDoubles.Store(a4, ref sums, 4 * stride);
        TDoubles.Store(a5, ref sums, 5 * stride);
        TDoubles.Store(a6, ref sums, 6 * stride);
        TDoubles.Store(a7, ref sums, 7 * stride);
    }

    // One vector of rows and one output, in two chains of sums.
    private void AddOne<TVector, TDoubles>(ref double values, ref double weights, ref double sums, nint stride)
        where TVector : struct
        where TDoubles : IDoubles<TVector>
    {
        TVector a = TDoubles.Load(ref sums, 0), b = default;
        var input = 0;
        for (; input + 2 <= _inputs; input += 2)
        {
            a = TDoubles.MultiplyAdd(TDoubles.Load(ref values, 0), TDoubles.Broadcast(weights), a);
            b = TDoubles.MultiplyAdd(TDoubles.Load(ref values, stride), TDoubles.Broadcast(Unsafe.Add(ref weights, 1)), b);
            values = ref Unsafe.Add(ref values, 2 * stride);
            weights = ref Unsafe.Add(ref weights, 2);
        }

        if (input < _inputs)
        {
            a = TDoubles.MultiplyAdd(TDoubles.Load(ref values, 0), TDoubles.Broadcast(weights), a);
        }

        TDoubles.Store(TDoubles.Add(a, b), ref sums, 0);
    }
}
