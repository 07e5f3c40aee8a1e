using System.Runtime.CompilerServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One row, eight trees at a time, so that loads from memory overlap.</summary>
internal sealed class SideBySideKernel<TNode, TRank> : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    private const int Trees = 8;

    // The number of steps between checks whether all eight trees have arrived.
    private const int Steps = 8;

    public override string Name => "trees side by side";

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        var trees = walk.Trees;
        var found = walk.Found[..trees.Length];
        var depth = 0;
        for (var i = 0; i < trees.Length; i++)
        {
            found[i] = trees[i].First;
            depth = Math.Max(depth, trees[i].Depth);
        }

        Go(walk, found, depth);
        leaves.AddRow(found, sums);
    }

    /// <summary>Continues the walk of one row from the node that it has reached in each tree.</summary>
    public static void Go(in Walk<TNode, TRank> walk, Span<int> found, int depth)
    {
        var i = 0;
        for (; i + Trees <= found.Length; i += Trees)
        {
            Go(ref walk.Nodes, ref walk.Ranks(0), ref found[i], depth);
        }

        for (; i < found.Length; i++)
        {
            found[i] = (int)PlainBatchKernel<TNode, TRank>.Find(walk, found[i], 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Go(ref TNode nodes, ref TRank ranks, ref int found, int depth)
    {
        nuint at0 = (nuint)found, at1 = (nuint)Unsafe.Add(ref found, 1);
        nuint at2 = (nuint)Unsafe.Add(ref found, 2), at3 = (nuint)Unsafe.Add(ref found, 3);
        nuint at4 = (nuint)Unsafe.Add(ref found, 4), at5 = (nuint)Unsafe.Add(ref found, 5);
        nuint at6 = (nuint)Unsafe.Add(ref found, 6), at7 = (nuint)Unsafe.Add(ref found, 7);
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

            at0 = Walk<TNode, TRank>.Next(ref nodes, at0, ref ranks, 0);
            at1 = Walk<TNode, TRank>.Next(ref nodes, at1, ref ranks, 0);
            at2 = Walk<TNode, TRank>.Next(ref nodes, at2, ref ranks, 0);
            at3 = Walk<TNode, TRank>.Next(ref nodes, at3, ref ranks, 0);
            at4 = Walk<TNode, TRank>.Next(ref nodes, at4, ref ranks, 0);
            at5 = Walk<TNode, TRank>.Next(ref nodes, at5, ref ranks, 0);
            at6 = Walk<TNode, TRank>.Next(ref nodes, at6, ref ranks, 0);
            at7 = Walk<TNode, TRank>.Next(ref nodes, at7, ref ranks, 0);
        }

        found = (int)at0;
        Unsafe.Add(ref found, 1) = (int)at1;
        Unsafe.Add(ref found, 2) = (int)at2;
        Unsafe.Add(ref found, 3) = (int)at3;
        Unsafe.Add(ref found, 4) = (int)at4;
        Unsafe.Add(ref found, 5) = (int)at5;
        Unsafe.Add(ref found, 6) = (int)at6;
        Unsafe.Add(ref found, 7) = (int)at7;
    }
}
