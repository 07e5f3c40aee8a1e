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
    private const int MostTrees = 2048;

    // About the second-level cache of a core; a row reads a few kilobytes of it.
    private const int MostBytes = 2 * 1024 * 1024;

    private readonly LeafMasks<TMask> _masks;

    private LeafMaskKernel(LeafMasks<TMask> masks) => _masks = masks;

    public override string Name => NameOf();

    /// <summary>The name of the kernels with masks of this type.</summary>
    public static string NameOf() => $"masks of leaves, {Unsafe.SizeOf<TMask>() * 8} bits";

    /// <returns>The kernel for leaves of this kind; null when the trees are too large, or too many.</returns>
    public static Kernel<TNode, TRank>? TryCreate(
        ReadOnlySpan<ForestTree> trees, ReadOnlySpan<TNode> nodes, int slots, ForestLeaves leaves)
    {
        if (slots is 0 or > LeafMasks<TMask>.MostSlots || trees.Length > MostTrees
            || LeafMasks<TMask>.TryCreate<TNode, TRank>(trees, nodes, slots, MostBytes, Unsafe.SizeOf<TMask>() * 8) is not { } masks)
        {
            return null;
        }

        return leaves switch
        {
            SingleLeaves<float> single => new LeafMaskSumKernel<TNode, TRank, TMask, float>(masks, single),
            SingleLeaves<double> single => new LeafMaskSumKernel<TNode, TRank, TMask, double>(masks, single),
            _ => new LeafMaskKernel<TNode, TRank, TMask>(masks),
        };
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        Span<int> starts = stackalloc int[LeafMasks<TMask>.MostSlots];
        Span<TMask> left = stackalloc TMask[LeafMasks<TMask>.Together];
        _masks.Start(walk, starts);
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_masks.Leaves);
        ref var reached = ref MemoryMarshal.GetReference(left);
        var found = walk.Found[..walk.Trees.Length];

        // Sums, whose additions wait for each other, overlap with finding the next leaves.
        for (var first = 0; first < found.Length; first += left.Length)
        {
            _masks.Reach(starts, first, ref reached);
            var group = found[first..Math.Min(first + left.Length, found.Length)];
            for (var tree = 0; tree < group.Length; tree++)
            {
                var leaf = int.CreateTruncating(TMask.TrailingZeroCount(Unsafe.Add(ref reached, tree)));
                group[tree] = Unsafe.Add(ref nodes, ((first + tree) * Unsafe.SizeOf<TMask>() * 8) + leaf);
            }

            leaves.AddRow(group, sums);
        }
    }
}
