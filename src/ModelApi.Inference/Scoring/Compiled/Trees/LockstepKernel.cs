using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>
/// Tree by tree, a group of rows in lockstep: whole first levels by vector comparisons without gathers, the rest like
/// <see cref="InterleavedKernel{TNode,TRank}"/>.
/// </summary>
internal sealed class LockstepKernel<TLanes, TVector>(TreeTop[] tops) : Kernel<SmallNode, ushort>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => FormattableString.Invariant($"rows in lockstep, {TLanes.Count * 16}-bit vectors");

    public override bool IsPromising => TLanes.IsPromising;

    public override void Score(in Walk<SmallNode, ushort> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        for (var i = 0; i < tops.Length; i++)
        {
            var top = tops[i];
            var rest = walk.Trees[i].Depth - top.Levels.Length;
            for (var start = 0; start < rows; start += Forest.Group)
            {
                var found = walk.Found[..Forest.Group];
                ref var ranks = ref walk.Ranks(start);
                Find(top, ref ranks, found);
                if (rest > 0)
                {
                    InterleavedKernel<SmallNode, ushort>.Go(ref walk.Nodes, ref ranks, found, rest);
                }

                leaves.Add(found[..Math.Min(Forest.Group, rows - start)], start, sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Find(TreeTop top, ref ushort ranks, Span<int> found)
    {
        Span<ushort> places = stackalloc ushort[Forest.Group];
        for (var row = 0; row < Forest.Group; row += TLanes.Count)
        {
            ref var values = ref Unsafe.Add(ref ranks, row);
            TVector at = default;
            foreach (var level in top.Levels)
            {
                TVector outside = default;
                foreach (ref readonly var node in level.AsSpan())
                {
                    outside = TLanes.Or(outside, TLanes.Outside(TLanes.Load(ref values, node.Slot), node.First, node.Span, at, node.Place));
                }

                at = TLanes.Descend(at, outside);
            }

            TLanes.Store(at, ref places[row]);
        }

        ref var exits = ref MemoryMarshal.GetArrayDataReference(top.Exits);
        for (var row = 0; row < places.Length; row++)
        {
            found[row] = Unsafe.Add(ref exits, places[row]);
        }
    }
}
