namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One row, one tree after the other: the reference for the other kernels.</summary>
/// <param name="isPromising">Whether the forest is so small that this kernel can be the fastest.</param>
internal sealed class PlainRowKernel<TNode, TRank>(bool isPromising) : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    public override string Name => "plain";

    public override bool IsPromising => isPromising;

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        for (var i = 0; i < walk.Trees.Length; i++)
        {
            walk.Found[i] = (int)PlainBatchKernel<TNode, TRank>.Find(walk, walk.Trees[i].First, 0);
        }

        leaves.AddRow(walk.Found[..walk.Trees.Length], sums);
    }
}

/// <summary>One tree after the other, one row after the other: the reference for the other kernels.</summary>
/// <param name="isPromising">Whether the forest is so small that this kernel can be the fastest.</param>
internal sealed class PlainBatchKernel<TNode, TRank>(bool isPromising) : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    public override string Name => "plain";

    public override bool IsPromising => isPromising;

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        foreach (var tree in walk.Trees)
        {
            for (var start = 0; start < rows; start += Forest.Group)
            {
                var found = walk.Found[..Math.Min(Forest.Group, rows - start)];
                for (var row = 0; row < found.Length; row++)
                {
                    found[row] = (int)Find(walk, tree.First, start + row);
                }

                leaves.Add(found, start, sums);
            }
        }
    }

    /// <summary>Walks one row from a node to its leaf.</summary>
    public static nuint Find(in Walk<TNode, TRank> walk, int node, int row)
    {
        ref var nodes = ref walk.Nodes;
        ref var ranks = ref walk.Ranks(row);
        var at = (nuint)node;
        while (System.Runtime.CompilerServices.Unsafe.Add(ref nodes, at).Step != 0)
        {
            at = Walk<TNode, TRank>.Next(ref nodes, at, ref ranks, row % Forest.Group);
        }

        return at;
    }
}
