using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A way to walk the trees of a forest. All kernels find the same leaves.</summary>
internal abstract class Kernel
{
    /// <summary>The kernel's name in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it can be the fastest on this machine; only then it is timed.</summary>
    public virtual bool IsPromising => true;
}

/// <inheritdoc/>
internal abstract class Kernel<TNode, TRank> : Kernel
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    /// <summary>Walks every tree for the rows of a block and adds up their leaves, in the order of the trees.</summary>
    public abstract void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, LeafSums sums);
}

/// <summary>The input of a kernel. <see cref="ForestBuilder"/> has checked the indices in nodes and ranks.</summary>
internal readonly ref struct Walk<TNode, TRank>(ForestTree[] trees, TNode[] nodes, TRank[] ranks, Span<int> found, int groupLength)
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    public ReadOnlySpan<ForestTree> Trees { get; } = trees;

    /// <summary>The first node.</summary>
    public ref TNode Nodes => ref MemoryMarshal.GetArrayDataReference(nodes);

    /// <summary>Receives the leaves of one group of rows, or of one row in each tree.</summary>
    public Span<int> Found { get; } = found;

    /// <summary>The first rank of the group that begins with a row.</summary>
    public ref TRank Ranks(int row) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(ranks), row / Forest.Group * groupLength);

    /// <summary>Takes one row one step further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Next(ref TNode nodes, nuint at, ref TRank ranks, int row)
    {
        ref var node = ref Unsafe.Add(ref nodes, at);
        var rank = TNode.Widen(Unsafe.Add(ref Unsafe.Add(ref ranks, node.Slot), row));
        return at + node.Step + (nuint)(rank - node.First > node.Span ? 1 : 0);
    }
}
