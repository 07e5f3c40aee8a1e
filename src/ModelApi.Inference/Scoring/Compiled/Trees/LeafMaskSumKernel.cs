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
        Span<TMask> left = stackalloc TMask[LeafMasks<TMask>.Together];
        _masks.Start(walk, starts);
        ref var reached = ref MemoryMarshal.GetReference(left);

        // No bounds checks: each tree has as many weights as a mask has bits, and a row reaches one of its leaves.
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref var total = ref ((LeafSums<TWeight>)sums).Values[0];
        var sum = total;
        var trees = walk.Trees.Length;
        for (var first = 0; first < trees; first += left.Length)
        {
            _masks.Reach(starts, first, ref reached);
            var count = Math.Min(left.Length, trees - first);
            for (nint tree = 0; tree < count; tree++)
            {
                var leaf = int.CreateTruncating(TMask.TrailingZeroCount(Unsafe.Add(ref reached, tree)));
                sum += Unsafe.Add(ref weights, leaf);
                weights = ref Unsafe.Add(ref weights, Unsafe.SizeOf<TMask>() * 8);
            }
        }

        total = sum;
    }
}
