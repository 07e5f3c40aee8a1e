using System.Runtime.CompilerServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Eight trees side by side, for one row: while one waits for memory, the others go on.</summary>
internal sealed class SideBySideKernel<TNode, TRank> : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    private const int Trees = 8;

    public override string Name => "trees side by side";

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, object sums)
    {
        var trees = walk.Trees;
        var i = 0;
        for (; i + Trees <= trees.Length; i += Trees)
        {
            Find(walk, trees.Slice(i, Trees), walk.Found.Slice(i, Trees));
        }

        for (; i < trees.Length; i++)
        {
            walk.Found[i] = (int)PlainBatchKernel<TNode, TRank>.Find(walk, trees[i], 0);
        }

        leaves.AddRow(walk.Found[..trees.Length], sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Find(in Walk<TNode, TRank> walk, ReadOnlySpan<ForestTree> trees, Span<int> found)
    {
        ref var nodes = ref walk.Nodes;
        ref var ranks = ref walk.Ranks(0);
        nuint at0 = (nuint)trees[0].First, at1 = (nuint)trees[1].First, at2 = (nuint)trees[2].First, at3 = (nuint)trees[3].First;
        nuint at4 = (nuint)trees[4].First, at5 = (nuint)trees[5].First, at6 = (nuint)trees[6].First, at7 = (nuint)trees[7].First;
        var depth = 0;
        foreach (ref readonly var tree in trees)
        {
            depth = Math.Max(depth, tree.Depth);
        }

        for (var step = 0; step < depth; step++)
        {
            at0 = Walk<TNode, TRank>.Next(ref nodes, at0, ref ranks, 0);
            at1 = Walk<TNode, TRank>.Next(ref nodes, at1, ref ranks, 0);
            at2 = Walk<TNode, TRank>.Next(ref nodes, at2, ref ranks, 0);
            at3 = Walk<TNode, TRank>.Next(ref nodes, at3, ref ranks, 0);
            at4 = Walk<TNode, TRank>.Next(ref nodes, at4, ref ranks, 0);
            at5 = Walk<TNode, TRank>.Next(ref nodes, at5, ref ranks, 0);
            at6 = Walk<TNode, TRank>.Next(ref nodes, at6, ref ranks, 0);
            at7 = Walk<TNode, TRank>.Next(ref nodes, at7, ref ranks, 0);
        }

        found[0] = (int)at0;
        found[1] = (int)at1;
        found[2] = (int)at2;
        found[3] = (int)at3;
        found[4] = (int)at4;
        found[5] = (int)at5;
        found[6] = (int)at6;
        found[7] = (int)at7;
    }
}
