using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Sorted 32-bit bounds, to count those below a number.</summary>
/// <remarks>With vectors, sixteen bounds are compared at once: first the last ones of all groups, then those of one group.</remarks>
internal sealed class FloatBounds
{
    private const int Group = 16;

    // With more, a binary search takes fewer steps.
    private const int MostCounted = 4 * Group * Group;

    private readonly float[] _bounds;
    private readonly float[] _last = [];

    /// <param name="bounds">Padded to a power of two minus one with NaN, which no number exceeds.</param>
    /// <param name="count">How many of them are bounds.</param>
    public FloatBounds(double[] bounds, int count)
    {
        _bounds = Array.ConvertAll(bounds, bound => (float)bound);
        if (!Vector256.IsHardwareAccelerated || count > MostCounted)
        {
            return;
        }

        // One group more than is full, for numbers beyond all bounds.
        var groups = (count / Group) + 1;
        Array.Resize(ref _bounds, groups * Group);
        _bounds.AsSpan(count).Fill(float.NaN);
        _last = new float[(groups + Group - 1) / Group * Group];
        Array.Fill(_last, float.NaN);
        for (var group = 0; group < groups; group++)
        {
            _last[group] = _bounds[(group * Group) + Group - 1];
        }
    }

    /// <summary>The number of bounds below a number that is not NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Rank(float value)
    {
        if (_last.Length == 0)
        {
            return Search(_bounds, value);
        }

        // No bounds checks: a group whose last bound is NaN is never passed, and the last group is such a one.
        ref var last = ref MemoryMarshal.GetArrayDataReference(_last);
        var group = CountBelow(ref last, value);
        for (var at = Group; at < _last.Length; at += Group)
        {
            group += CountBelow(ref Unsafe.Add(ref last, at), value);
        }

        var first = group * Group;
        return first + CountBelow(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bounds), first), value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountBelow(ref float bounds, float value)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return BitOperations.PopCount(
                Vector512.LessThan(Vector512.LoadUnsafe(ref bounds), Vector512.Create(value)).ExtractMostSignificantBits());
        }

        var values = Vector256.Create(value);
        var low = Vector256.LessThan(Vector256.LoadUnsafe(ref bounds), values).ExtractMostSignificantBits();
        var high = Vector256.LessThan(Vector256.LoadUnsafe(ref bounds, 8), values).ExtractMostSignificantBits();
        return BitOperations.PopCount(low | (high << 8));
    }

    // Branch-free binary search, which always takes the same steps.
    private static int Search(float[] bounds, float value)
    {
        var rank = 0;
        for (var step = (bounds.Length + 1) >> 1; step > 0; step >>= 1)
        {
            rank += step & -(bounds[rank + step - 1] < value ? 1 : 0);
        }

        return rank;
    }
}
