using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Tree by tree, eight rows at a time, so that no row waits for another's loads and no branch is mispredicted.</summary>
internal sealed class InterleavedKernel<TNode, TRank> : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    private const int Rows = 8;

    // The number of steps between checks whether all eight rows have arrived.
    private const int Steps = 4;

    public override string Name => "rows interleaved";

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        foreach (var tree in walk.Trees)
        {
            for (var start = 0; start < rows; start += Forest.Group)
            {
                var found = walk.Found[..Forest.Group];
                found.Fill(tree.First);
                Go(ref walk.Nodes, ref walk.Ranks(start), found, tree.Depth);
                leaves.Add(found[..Math.Min(Forest.Group, rows - start)], start, sums);
            }
        }
    }

    /// <summary>Continues the walk of a group of rows from the node that each has reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Go(ref TNode nodes, ref TRank ranks, Span<int> found, int depth)
    {
        ref var first = ref MemoryMarshal.GetReference(found);
        for (var row = 0; row < found.Length; row += Rows)
        {
            ref var at = ref Unsafe.Add(ref first, row);
            ref var values = ref Unsafe.Add(ref ranks, row);
            nuint at0 = (nuint)at, at1 = (nuint)Unsafe.Add(ref at, 1);
            nuint at2 = (nuint)Unsafe.Add(ref at, 2), at3 = (nuint)Unsafe.Add(ref at, 3);
            nuint at4 = (nuint)Unsafe.Add(ref at, 4), at5 = (nuint)Unsafe.Add(ref at, 5);
            nuint at6 = (nuint)Unsafe.Add(ref at, 6), at7 = (nuint)Unsafe.Add(ref at, 7);
            for (var step = 0; step < depth; step++)
            {
                if (step % Steps == 0
                    && step > 0
                    && (Unsafe.Add(ref nodes, at0).Step | Unsafe.Add(ref nodes, at1).Step
                        | Unsafe.Add(ref nodes, at2).Step | Unsafe.Add(ref nodes, at3).Step
                        | Unsafe.Add(ref nodes, at4).Step | Unsafe.Add(ref nodes, at5).Step
                        | Unsafe.Add(ref nodes, at6).Step | Unsafe.Add(ref nodes, at7).Step) == 0)
                {
                    break;
                }

                at0 = Walk<TNode, TRank>.Next(ref nodes, at0, ref values, 0);
                at1 = Walk<TNode, TRank>.Next(ref nodes, at1, ref values, 1);
                at2 = Walk<TNode, TRank>.Next(ref nodes, at2, ref values, 2);
                at3 = Walk<TNode, TRank>.Next(ref nodes, at3, ref values, 3);
                at4 = Walk<TNode, TRank>.Next(ref nodes, at4, ref values, 4);
                at5 = Walk<TNode, TRank>.Next(ref nodes, at5, ref values, 5);
                at6 = Walk<TNode, TRank>.Next(ref nodes, at6, ref values, 6);
                at7 = Walk<TNode, TRank>.Next(ref nodes, at7, ref values, 7);
            }

            at = (int)at0;
            Unsafe.Add(ref at, 1) = (int)at1;
            Unsafe.Add(ref at, 2) = (int)at2;
            Unsafe.Add(ref at, 3) = (int)at3;
            Unsafe.Add(ref at, 4) = (int)at4;
            Unsafe.Add(ref at, 5) = (int)at5;
            Unsafe.Add(ref at, 6) = (int)at6;
            Unsafe.Add(ref at, 7) = (int)at7;
        }
    }
}
