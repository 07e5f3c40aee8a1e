using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    /// <summary>The most slots; with more of them a walk takes less time.</summary>
    public const int MostSlots = 64;

    // Two vectors of 512 bits, which never lie across two lines of the cache.
    private const int GroupBytes = 128;
    private const int LineBytes = 64;

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

    /// <summary>The number of trees whose masks <see cref="Reach"/> joins at once.</summary>
    public static int Together => GroupBytes / Unsafe.SizeOf<TMask>();

    // Masks of one rank: those of the trees, and some more to fill whole groups.
    private int Stride { get; }

    /// <summary>The nodes of the leaves, as many places for each tree as a mask has bits.</summary>
    public int[] Leaves { get; }

    /// <summary>Finds where the masks of a row's ranks begin.</summary>
    /// <param name="walk">The row.</param>
    /// <param name="starts">Receives one start for each slot.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start<TNode, TRank>(in Walk<TNode, TRank> walk, Span<int> starts)
        where TNode : unmanaged, INode<TNode, TRank>
        where TRank : unmanaged
    {
        ref var ranks = ref walk.Ranks(0);
        var (first, last) = (_starts, _last);
        for (var slot = 0; slot < first.Length; slot++)
        {
            // Ranks after the last interval are alike.
            var rank = Math.Min(TNode.Widen(Unsafe.Add(ref ranks, slot * Forest.Group)), last[slot]);
            starts[slot] = first[slot] + ((int)rank * Stride);
        }
    }

    /// <summary>Joins the masks of all slots: in each tree the first leaf that is left is the one that the row reaches.</summary>
    /// <param name="starts">Written by <see cref="Start"/>.</param>
    /// <param name="first">The first tree, a multiple of <see cref="Together"/>.</param>
    /// <param name="left">Receives the masks of <see cref="Together"/> trees.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reach(Span<int> starts, int first, ref TMask left)
    {
        // No bounds checks: the starts are those of ranks, and the masks of a rank fill whole groups.
        ref var masks = ref Unsafe.As<TMask, byte>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_masks), first));
        ref var start = ref MemoryMarshal.GetReference(starts);
        ref var reached = ref Unsafe.As<TMask, byte>(ref left);
        var slots = _starts.Length;
        if (Vector512.IsHardwareAccelerated)
        {
            var (low, high) = (Vector512<byte>.AllBitsSet, Vector512<byte>.AllBitsSet);
            for (var slot = 0; slot < slots; slot++)
            {
                ref var row = ref Unsafe.AddByteOffset(ref masks, (nint)Unsafe.Add(ref start, slot) * Unsafe.SizeOf<TMask>());
                low &= Vector512.LoadUnsafe(ref row);
                high &= Vector512.LoadUnsafe(ref row, 64);
            }

            low.StoreUnsafe(ref reached);
            high.StoreUnsafe(ref reached, 64);
            return;
        }

        for (nuint at = 0; at < GroupBytes; at += 2 * (nuint)Vector<byte>.Count)
        {
            var (low, high) = (Vector<byte>.AllBitsSet, Vector<byte>.AllBitsSet);
            for (var slot = 0; slot < slots; slot++)
            {
                ref var row = ref Unsafe.AddByteOffset(ref masks, (nint)Unsafe.Add(ref start, slot) * Unsafe.SizeOf<TMask>());
                low &= Vector.LoadUnsafe(ref row, at);
                high &= Vector.LoadUnsafe(ref row, at + (nuint)Vector<byte>.Count);
            }

            low.StoreUnsafe(ref reached, at);
            high.StoreUnsafe(ref reached, at + (nuint)Vector<byte>.Count);
        }
    }

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
        var stride = (trees.Length + Together - 1) / Together * Together;
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

        // Pinned, so that it stays at the start of a line of the cache.
        var masks = GC.AllocateArray<TMask>((int)total + (LineBytes / bytes), pinned: true);
        Array.Fill(masks, TMask.AllBitsSet);
        var past = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(masks, 0) % LineBytes);
        for (var slot = 0; slot < slots; slot++)
        {
            starts[slot] += (LineBytes - past) / bytes;
        }

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
