using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Rows side by side in one vector register.</summary>
internal interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>The number of rows in one vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether the processor has no wider vectors that are always faster.</summary>
    static abstract bool IsPromising { get; }

    static abstract TVector Load(ref ushort source, nuint offset);

    static abstract void Store(TVector vector, ref ushort destination);

    /// <summary>Sets all bits of rows that are at a place and whose rank is outside an interval.</summary>
    static abstract TVector Outside(TVector ranks, ushort first, ushort span, TVector places, ushort place);

    static abstract TVector Or(TVector left, TVector right);

    /// <summary>The places in the next level: doubled, plus one where the bits are set.</summary>
    static abstract TVector Descend(TVector places, TVector outside);
}

/// <summary>Eight rows, which every processor supports.</summary>
internal readonly struct Lanes128 : ILanes<Vector128<ushort>>
{
    public static int Count => Vector128<ushort>.Count;

    public static bool IsPromising => !Vector256.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Load(ref ushort source, nuint offset) => Vector128.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<ushort> vector, ref ushort destination) => vector.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Outside(Vector128<ushort> ranks, ushort first, ushort span, Vector128<ushort> places, ushort place) =>
        Vector128.AndNot(
            Vector128.Equals(places, Vector128.Create(place)),
            Vector128.LessThanOrEqual(ranks - Vector128.Create(first), Vector128.Create(span)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Or(Vector128<ushort> left, Vector128<ushort> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Descend(Vector128<ushort> places, Vector128<ushort> outside) => places + places - outside;
}

/// <summary>Sixteen rows.</summary>
internal readonly struct Lanes256 : ILanes<Vector256<ushort>>
{
    public static int Count => Vector256<ushort>.Count;

    public static bool IsPromising => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Load(ref ushort source, nuint offset) => Vector256.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<ushort> vector, ref ushort destination) => vector.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Outside(Vector256<ushort> ranks, ushort first, ushort span, Vector256<ushort> places, ushort place) =>
        Vector256.AndNot(
            Vector256.Equals(places, Vector256.Create(place)),
            Vector256.LessThanOrEqual(ranks - Vector256.Create(first), Vector256.Create(span)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Or(Vector256<ushort> left, Vector256<ushort> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Descend(Vector256<ushort> places, Vector256<ushort> outside) => places + places - outside;
}

/// <summary>Thirty-two rows.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<ushort>>
{
    public static int Count => Vector512<ushort>.Count;

    public static bool IsPromising => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Load(ref ushort source, nuint offset) => Vector512.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<ushort> vector, ref ushort destination) => vector.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Outside(Vector512<ushort> ranks, ushort first, ushort span, Vector512<ushort> places, ushort place) =>
        Vector512.AndNot(
            Vector512.Equals(places, Vector512.Create(place)),
            Vector512.LessThanOrEqual(ranks - Vector512.Create(first), Vector512.Create(span)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Or(Vector512<ushort> left, Vector512<ushort> right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Descend(Vector512<ushort> places, Vector512<ushort> outside) => places + places - outside;
}
