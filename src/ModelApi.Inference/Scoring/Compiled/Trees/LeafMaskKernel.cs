using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One row, without a walk: the masks of its ranks, slot by slot, leave one first leaf in each tree.</summary>
/// <remarks>For small trees: their masks lie in the second-level cache, and no step waits for the one before it.</remarks>
internal sealed class LeafMaskKernel<TNode, TRank, TMask> : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    // More slots than that take longer than a walk.
    private const int MostSlots = 64;
    private const int MostTrees = 2048;

    // About the second-level cache of a core; a row reads a few kilobytes of it.
    private const int MostBytes = 2 * 1024 * 1024;

    // Sums, whose additions wait for each other, overlap with finding the next leaves.
    private const int Together = 32;

    private readonly LeafMasks<TMask> _masks;

    private LeafMaskKernel(LeafMasks<TMask> masks) => _masks = masks;

    public override string Name => $"masks of leaves, {Unsafe.SizeOf<TMask>() * 8} bits";

    /// <returns>Null when the trees are too large, or too many.</returns>
    public static LeafMaskKernel<TNode, TRank, TMask>? TryCreate(ReadOnlySpan<ForestTree> trees, ReadOnlySpan<TNode> nodes, int slots) =>
        slots is > 0 and <= MostSlots && trees.Length <= MostTrees
        && LeafMasks<TMask>.TryCreate<TNode, TRank>(trees, nodes, slots, MostBytes, Unsafe.SizeOf<TMask>() * 8) is { } masks
            ? new LeafMaskKernel<TNode, TRank, TMask>(masks)
            : null;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        Span<int> starts = stackalloc int[MostSlots];
        var slots = _masks.Slots;
        ref var ranks = ref walk.Ranks(0);
        for (var slot = 0; slot < slots; slot++)
        {
            starts[slot] = _masks.StartOf(slot, TNode.Widen(Unsafe.Add(ref ranks, slot * Forest.Group)));
        }

        // No bounds checks: the starts are those of ranks, and the masks of a rank fill whole vectors.
        ref var masks = ref MemoryMarshal.GetArrayDataReference(_masks.Masks);
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_masks.Leaves);
        ref var start = ref MemoryMarshal.GetReference(starts);
        var found = walk.Found[..walk.Trees.Length];
        Span<TMask> left = stackalloc TMask[Together];
        ref var reached = ref MemoryMarshal.GetReference(left);
        for (var first = 0; first < found.Length; first += Together)
        {
            var count = Math.Min(Together, _masks.Stride - first);
            for (var at = 0; at < count; at += Vector<TMask>.Count)
            {
                var all = Vector.LoadUnsafe(ref Unsafe.Add(ref masks, start + first + at));
                for (var slot = 1; slot < slots; slot++)
                {
                    all &= Vector.LoadUnsafe(ref Unsafe.Add(ref masks, Unsafe.Add(ref start, slot) + first + at));
                }

                all.StoreUnsafe(ref Unsafe.Add(ref reached, at));
            }

            var group = found[first..Math.Min(first + Together, found.Length)];
            for (var tree = 0; tree < group.Length; tree++)
            {
                var leaf = int.CreateTruncating(TMask.TrailingZeroCount(Unsafe.Add(ref reached, tree)));
                group[tree] = Unsafe.Add(ref nodes, ((first + tree) * Unsafe.SizeOf<TMask>() * 8) + leaf);
            }

            leaves.AddRow(group, sums);
        }
    }
}
