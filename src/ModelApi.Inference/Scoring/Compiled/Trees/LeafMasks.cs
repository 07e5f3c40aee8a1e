using System.Numerics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>For each rank of each slot, and each tree, the leaves that a row can still reach: one bit for each.</summary>
/// <remarks>
/// The leaves of a tree are numbered such that those below the nearer child of a node come first. A node whose interval does not hold the
/// rank takes the leaves below its nearer child away. The first leaf that no node of any slot takes away is the one that the row reaches
/// (QuickScorer, Lucchese and others 2015).
/// </remarks>
/// <typeparam name="TMask">An integer with as many bits as a tree has leaves, or more.</typeparam>
internal sealed class LeafMasks<TMask>
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    private readonly TMask[] _masks;
    private readonly int[] _starts;
    private readonly uint[] _last;

    private LeafMasks(TMask[] masks, int stride, int[] starts, uint[] last, int[] leaves)
    {
        _masks = masks;
        Stride = stride;
        _starts = starts;
        _last = last;
        Leaves = leaves;
    }

    /// <summary>Masks of one rank: those of the trees, and some more to fill whole vectors.</summary>
    public int Stride { get; }

    /// <summary>All masks, rank after rank.</summary>
    public TMask[] Masks => _masks;

    /// <summary>The nodes of the leaves, as many places for each tree as a mask has bits.</summary>
    public int[] Leaves { get; }

    /// <summary>How many slots there are.</summary>
    public int Slots => _starts.Length;

    /// <summary>The first mask of a rank; ranks after the last interval are alike.</summary>
    public int StartOf(int slot, uint rank) => _starts[slot] + ((int)Math.Min(rank, _last[slot]) * Stride);

    /// <param name="trees">The trees.</param>
    /// <param name="nodes">Their nodes.</param>
    /// <param name="slots">The number of slots.</param>
    /// <param name="mostBytes">How much memory the masks may take.</param>
    /// <param name="bits">The bits of a mask.</param>
    /// <returns>Null when a tree has more leaves than a mask has bits, or the masks would take more memory.</returns>
    public static LeafMasks<TMask>? TryCreate<TNode, TRank>(
        ReadOnlySpan<ForestTree> trees, ReadOnlySpan<TNode> nodes, int slots, int mostBytes, int bits)
        where TNode : unmanaged, INode<TNode, TRank>
        where TRank : unmanaged
    {
        var bytes = bits / 8;
        var lanes = Vector<byte>.Count / bytes;
        var stride = (trees.Length + lanes - 1) / lanes * lanes;
        var last = new uint[slots];
        foreach (ref readonly var node in nodes)
        {
            if (node.Step > 0)
            {
                ref var end = ref last[(int)node.Slot / Forest.Group];
                end = Math.Max(end, node.First + node.Span + 1);
            }
        }

        var starts = new int[slots];
        var total = 0L;
        for (var slot = 0; slot < slots; slot++)
        {
            starts[slot] = (int)total;
            total += (last[slot] + 1L) * stride;
            if (total * bytes > mostBytes)
            {
                return null;
            }
        }

        var masks = new TMask[total];
        Array.Fill(masks, TMask.AllBitsSet);
        var leaves = new int[trees.Length * bits];
        var created = new LeafMasks<TMask>(masks, stride, starts, last, leaves);
        for (var tree = 0; tree < trees.Length; tree++)
        {
            var count = 0;
            if (!created.Visit<TNode, TRank>(tree, trees[tree].First, nodes, bits, ref count))
            {
                return null;
            }
        }

        return created;
    }

    private bool Visit<TNode, TRank>(int tree, int index, ReadOnlySpan<TNode> nodes, int bits, ref int count)
        where TNode : unmanaged, INode<TNode, TRank>
        where TRank : unmanaged
    {
        var node = nodes[index];
        if (node.Step == 0)
        {
            if (count == bits)
            {
                return false;
            }

            Leaves[(tree * bits) + count++] = index;
            return true;
        }

        var first = count;
        if (!Visit<TNode, TRank>(tree, index + (int)node.Step, nodes, bits, ref count))
        {
            return false;
        }

        var nearer = Below(count) ^ Below(first);
        TakeAway(tree, (int)node.Slot / Forest.Group, node.First, node.First + node.Span, ~nearer);
        return Visit<TNode, TRank>(tree, index + (int)node.Step + 1, nodes, bits, ref count);

        TMask Below(int leaf) => leaf == bits ? TMask.AllBitsSet : (TMask.One << leaf) - TMask.One;
    }

    private void TakeAway(int tree, int slot, uint first, uint last, TMask kept)
    {
        for (uint rank = 0; rank <= _last[slot]; rank++)
        {
            if (rank < first || rank > last)
            {
                _masks[_starts[slot] + ((int)rank * Stride) + tree] &= kept;
            }
        }
    }
}
