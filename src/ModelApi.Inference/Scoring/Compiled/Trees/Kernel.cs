using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One way to walk the trees of a forest; all find the same leaves.</summary>
internal abstract class Kernel
{
    /// <summary>What it is called in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it may be the fastest on this machine; if not, it need not be tried.</summary>
    public virtual bool IsPromising => true;
}

/// <inheritdoc/>
internal abstract class Kernel<TNode, TRank> : Kernel
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    /// <summary>Walks every tree for some rows, and adds up their leaves in the order of the trees.</summary>
    public abstract void Score(in Walk<TNode, TRank> walk, int rows, ForestLeaves leaves, object sums);
}

/// <summary>What a kernel works with. The indices in nodes and ranks were checked when the forest was built.</summary>
internal readonly ref struct Walk<TNode, TRank>(ForestTree[] trees, TNode[] nodes, TRank[] ranks, Span<int> found, int groupLength)
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    public ReadOnlySpan<ForestTree> Trees { get; } = trees;

    /// <summary>The first node.</summary>
    public ref TNode Nodes => ref MemoryMarshal.GetArrayDataReference(nodes);

    /// <summary>Room for the leaves of one group, or for the leaf that one row reaches in each tree.</summary>
    public Span<int> Found { get; } = found;

    /// <summary>The first rank of the group of rows that begins with that row.</summary>
    public ref TRank Ranks(int row) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(ranks), row / Forest.Group * groupLength);

    /// <summary>One step of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Next(ref TNode nodes, nuint at, ref TRank ranks, int row)
    {
        ref var node = ref Unsafe.Add(ref nodes, at);
        var rank = TNode.Widen(Unsafe.Add(ref Unsafe.Add(ref ranks, node.Slot), row));
        return at + node.Step + (nuint)(rank - node.First > node.Span ? 1 : 0);
    }
}
