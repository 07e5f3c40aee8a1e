using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Linear;

/// <summary>Several 64-bit floats in one vector register.</summary>
internal interface IDoubles<TVector>
    where TVector : struct
{
    /// <summary>The number of floats in one vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(ref double source, nint offset);

    static abstract TVector Broadcast(double value);

    static abstract void Store(TVector vector, ref double destination, nint offset);

    static abstract TVector Add(TVector left, TVector right);

    /// <summary>The sum and the product of a factor with another one, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);
}

/// <summary>Four floats, which every processor supports.</summary>
internal readonly struct Doubles256 : IDoubles<Vector256<double>>
{
    public static int Count => Vector256<double>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(ref double source, nint offset) => Vector256.LoadUnsafe(ref Unsafe.Add(ref source, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<double> vector, ref double destination, nint offset) =>
        vector.StoreUnsafe(ref Unsafe.Add(ref destination, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> left, Vector256<double> right, Vector256<double> sum) =>
        Vector256.FusedMultiplyAdd(left, right, sum);
}

/// <summary>Eight floats.</summary>
internal readonly struct Doubles512 : IDoubles<Vector512<double>>
{
    public static int Count => Vector512<double>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(ref double source, nint offset) => Vector512.LoadUnsafe(ref Unsafe.Add(ref source, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<double> vector, ref double destination, nint offset) =>
        vector.StoreUnsafe(ref Unsafe.Add(ref destination, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> left, Vector512<double> right, Vector512<double> sum) =>
        Vector512.FusedMultiplyAdd(left, right, sum);
}
