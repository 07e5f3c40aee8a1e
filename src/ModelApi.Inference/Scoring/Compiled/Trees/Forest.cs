using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One tree of a forest.</summary>
/// <param name="First">Its root, among all nodes.</param>
/// <param name="Nodes">How many nodes it has.</param>
/// <param name="Depth">Steps from the root to the farthest leaf.</param>
internal readonly record struct ForestTree(int First, int Nodes, int Depth);

/// <summary>Decision trees laid out to be walked fast, with kernels that all find the same leaves.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract class Forest
{
    /// <summary>Rows whose ranks lie together.</summary>
    public const int Group = 32;

    /// <summary>The kernels that walk the trees for one row.</summary>
    public abstract IReadOnlyList<Kernel> RowKernels { get; }

    /// <summary>The kernels that walk the trees for many rows.</summary>
    public abstract IReadOnlyList<Kernel> BatchKernels { get; }

    /// <summary>What the leaves hold.</summary>
    public abstract ForestLeaves Leaves { get; }

    /// <summary>How many rows to score together: their ranks and a tree fit the first-level cache.</summary>
    public abstract int RowsTogether { get; }

    /// <summary>Trees, nodes and bytes, in words.</summary>
    public abstract string Describe();

    /// <summary>Memory for a block of that many rows.</summary>
    public abstract object CreateMemory(int rows);

    /// <summary>Adds up the leaves of every row, in the order of the trees.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="memory">Made by <see cref="CreateMemory"/> for the block.</param>
    /// <param name="sums">Cleared; receives the sums.</param>
    /// <param name="kernel">One of this forest's.</param>
    public abstract void Score(Block block, object memory, object sums, Kernel kernel);
}

/// <inheritdoc cref="Forest"/>
internal sealed class Forest<TNode, TRank> : Forest
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    // The first-level cache of nearly all processors holds 32 KB; the ranks may take half of it.
    private const int RankBytes = 16 * 1024;

    // Of more, the plain kernels are never the fastest, and to time them takes longer than all others.
    private const int FewNodes = 256;

    private readonly Slot[] _slots;
    private readonly ForestTree[] _trees;
    private readonly TNode[] _nodes;
    private readonly Kernel<TNode, TRank>[] _rowKernels;
    private readonly Kernel<TNode, TRank>[] _batchKernels;

    public Forest(Slot[] slots, ForestTree[] trees, TNode[] nodes, ForestLeaves leaves)
    {
        _slots = slots;
        _trees = trees;
        _nodes = nodes;
        Leaves = leaves;
        _rowKernels = [new PlainRowKernel<TNode, TRank>(nodes.Length <= FewNodes), new SideBySideKernel<TNode, TRank>(), .. VectorKernels()];
        _batchKernels = [new PlainBatchKernel<TNode, TRank>(nodes.Length <= FewNodes), new InterleavedKernel<TNode, TRank>(), .. LockstepKernels()];
    }

    public override IReadOnlyList<Kernel> RowKernels => _rowKernels;

    public override IReadOnlyList<Kernel> BatchKernels => _batchKernels;

    public override ForestLeaves Leaves { get; }

    public override int RowsTogether => Math.Clamp(RankBytes / Math.Max(1, _slots.Length * Unsafe.SizeOf<TRank>()), Group, 512) / Group * Group;

    public override string Describe() =>
        FormattableString.Invariant($"{_trees.Length} trees, {_nodes.Length} nodes of {Unsafe.SizeOf<TNode>()} bytes, {_slots.Length} inputs");

    public override object CreateMemory(int rows) => new Memory(
        new TRank[(rows + Group - 1) / Group * Group * Math.Max(1, _slots.Length)],
        new int[rows],
        new int[Math.Max(Group, _trees.Length)]);

    public override void Score(Block block, object memory, object sums, Kernel kernel)
    {
        var work = (Memory)memory;
        if (block.Rows == 1)
        {
            for (var slot = 0; slot < _slots.Length; slot++)
            {
                work.Ranks[slot * Group] = TNode.Narrow(_slots[slot].ReadRow(block));
            }
        }
        else
        {
            ReadRanks(block, work);
        }

        ((Kernel<TNode, TRank>)kernel).Score(new Walk<TNode, TRank>(_trees, _nodes, work.Ranks, work.Leaves, Math.Max(1, _slots.Length) * Group), block.Rows, Leaves, sums);
    }

    // Group after group, and in it slot after slot.
    private void ReadRanks(Block block, Memory work)
    {
        var ranks = work.Slot.AsSpan(0, block.Rows);
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            _slots[slot].Read(block, ranks);
            for (var start = 0; start < ranks.Length; start += Group)
            {
                var source = ranks[start..Math.Min(ranks.Length, start + Group)];
                var destination = work.Ranks.AsSpan(((start * _slots.Length) + (slot * Group)), Group);
                for (var row = 0; row < source.Length; row++)
                {
                    destination[row] = TNode.Narrow(source[row]);
                }
            }
        }
    }

    private Kernel<TNode, TRank>[] VectorKernels() =>
        typeof(TNode) == typeof(SmallNode) && VectorTopKernel.TryCreate(_trees, MemoryMarshal.Cast<TNode, SmallNode>(_nodes), _slots.Length) is { } kernel
            ? [(Kernel<TNode, TRank>)(Kernel)kernel]
            : [];

    private Kernel<TNode, TRank>[] LockstepKernels()
    {
        if (typeof(TNode) != typeof(SmallNode))
        {
            return [];
        }

        var tops = TreeTop.Build(_trees, MemoryMarshal.Cast<TNode, SmallNode>(_nodes));
        var kernels = new List<Kernel<SmallNode, ushort>> { new LockstepKernel<Lanes128, System.Runtime.Intrinsics.Vector128<ushort>>(tops) };
        if (System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated)
        {
            kernels.Add(new LockstepKernel<Lanes256, System.Runtime.Intrinsics.Vector256<ushort>>(tops));
        }

        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated)
        {
            kernels.Add(new LockstepKernel<Lanes512, System.Runtime.Intrinsics.Vector512<ushort>>(tops));
        }

        return [.. kernels.Cast<Kernel<TNode, TRank>>()];
    }

    private sealed record Memory(TRank[] Ranks, int[] Slot, int[] Leaves);
}
