using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary><see cref="LeafMaskKernel{TNode, TRank, TMask}"/> for leaves with one weight each, which lie where the masks say.</summary>
internal sealed class LeafMaskSumKernel<TNode, TRank, TMask, TWeight> : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
    where TMask : unmanaged, IBinaryInteger<TMask>
    where TWeight : unmanaged, IBinaryFloatingPointIeee754<TWeight>
{
    private readonly LeafMasks<TMask> _masks;
    private readonly TWeight[] _weights;

    public LeafMaskSumKernel(LeafMasks<TMask> masks, SingleLeaves<TWeight> leaves)
    {
        _masks = masks;
        _weights = Array.ConvertAll(masks.Leaves, leaves.WeightOf);
    }

    public override string Name => LeafMaskKernel<TNode, TRank, TMask>.NameOf();

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        Span<int> starts = stackalloc int[LeafMasks<TMask>.MostSlots];
        Span<TMask> left = stackalloc TMask[2 * LeafMasks<TMask>.Together];
        _masks.Start(walk, starts);
        ref var reached = ref MemoryMarshal.GetReference(left);
        ref var following = ref Unsafe.Add(ref reached, LeafMasks<TMask>.Together);

        // No bounds checks: each tree has as many weights as a mask has bits, and a row reaches one of its leaves.
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref var total = ref ((LeafSums<TWeight>)sums).Values[0];
        var sum = total;
        var trees = walk.Trees.Length;
        _masks.Reach(starts, 0, ref reached);
        for (var first = 0; first < trees; first += LeafMasks<TMask>.Together)
        {
            // Additions wait for each other, so the next leaves are looked up before them.
            if (first + LeafMasks<TMask>.Together < trees)
            {
                _masks.Reach(starts, first + LeafMasks<TMask>.Together, ref following);
            }

            var count = Math.Min(LeafMasks<TMask>.Together, trees - first);
            nint tree = 0;
            for (; tree <= count - 4; tree += 4)
            {
                sum += WeightOf(ref reached, ref weights, tree);
                sum += WeightOf(ref reached, ref weights, tree + 1);
                sum += WeightOf(ref reached, ref weights, tree + 2);
                sum += WeightOf(ref reached, ref weights, tree + 3);
            }

            for (; tree < count; tree++)
            {
                sum += WeightOf(ref reached, ref weights, tree);
            }

            weights = ref Unsafe.Add(ref weights, count * Bits);
            ref var free = ref reached;
            reached = ref following;
            following = ref free;
        }

        total = sum;
    }

    private static int Bits => Unsafe.SizeOf<TMask>() * 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWeight WeightOf(ref TMask reached, ref TWeight weights, nint tree)
    {
        var leaf = nint.CreateTruncating(TMask.TrailingZeroCount(Unsafe.Add(ref reached, tree)));
        return Unsafe.Add(ref weights, (tree * Bits) + leaf);
    }
}
