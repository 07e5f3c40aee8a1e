namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One tree after the other, for one row: the plain version that the others are compared with.</summary>
/// <param name="isPromising">Whether there are so few nodes that nothing can be gained.</param>
internal sealed class PlainRowKernel<TNode, TRank>(bool isPromising) : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    public override string Name => "plain";

    public override bool IsPromising => isPromising;

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, object sums)
    {
        for (var i = 0; i < walk.Trees.Length; i++)
        {
            walk.Found[i] = (int)PlainBatchKernel<TNode, TRank>.Find(walk, walk.Trees[i].First, 0);
        }

        leaves.AddRow(walk.Found[..walk.Trees.Length], sums);
    }
}

/// <summary>One tree after the other, and in each one row after the other.</summary>
/// <param name="isPromising">Whether there are so few nodes that nothing can be gained.</param>
internal sealed class PlainBatchKernel<TNode, TRank>(bool isPromising) : Kernel<TNode, TRank>
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    public override string Name => "plain";

    public override bool IsPromising => isPromising;

    public override void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, object sums)
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

    /// <summary>Walks one row on from a node to its leaf.</summary>
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
