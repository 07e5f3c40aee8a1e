using System.Runtime.CompilerServices;
using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Decision trees in a compact layout, with kernels that all find the same leaves.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract class Forest
{
    /// <summary>Rows whose ranks lie together.</summary>
    public const int Group = 32;

    /// <summary>The kernels for one row; see <see cref="KernelFactory"/>.</summary>
    public abstract IReadOnlyList<Kernel> RowKernels { get; }

    /// <summary>The kernels for many rows; see <see cref="KernelFactory"/>.</summary>
    public abstract IReadOnlyList<Kernel> BatchKernels { get; }

    /// <summary>The weights of the leaves.</summary>
    public abstract ForestLeaves Leaves { get; }

    /// <summary>The number of rows to score together, such that their ranks and a tree fit the first-level cache.</summary>
    public abstract int RowsTogether { get; }

    /// <summary>The numbers of trees, nodes and inputs, as text.</summary>
    public abstract string Describe();

    /// <summary>Creates the memory to score a block of so many rows.</summary>
    public abstract ForestMemory CreateMemory(int rows);

    /// <summary>Adds up the leaves of every row, in the order of the trees.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="memory">The block's memory, created by <see cref="CreateMemory"/>.</param>
    /// <param name="sums">Cleared sums, which receive the result.</param>
    /// <param name="kernel">One of this forest's kernels.</param>
    public abstract void Score(Block block, ForestMemory memory, LeafSums sums, Kernel kernel);
}

/// <summary>The memory in which a forest scores one block.</summary>
internal abstract class ForestMemory;

/// <inheritdoc cref="Forest"/>
internal sealed class Forest<TNode, TRank> : Forest
    where TNode : unmanaged, INode<TNode, TRank>
    where TRank : unmanaged
{
    // Half of the first-level cache of nearly all processors, 32 KB.
    private const int RankBytes = 16 * 1024;

    private readonly Slot[] _slots;
    private readonly ForestTree[] _trees;
    private readonly TNode[] _nodes;

    public Forest(Slot[] slots, ForestTree[] trees, TNode[] nodes, ForestLeaves leaves)
    {
        _slots = slots;
        _trees = trees;
        _nodes = nodes;
        Leaves = leaves;
        RowKernels = KernelFactory.ForOneRow<TNode, TRank>(trees, nodes, slots.Length, leaves);
        BatchKernels = KernelFactory.ForManyRows<TNode, TRank>(trees, nodes);
    }

    public override IReadOnlyList<Kernel> RowKernels { get; }

    public override IReadOnlyList<Kernel> BatchKernels { get; }

    public override ForestLeaves Leaves { get; }

    public override int RowsTogether =>
        Math.Clamp(RankBytes / Math.Max(1, _slots.Length * Unsafe.SizeOf<TRank>()), Group, 512) / Group * Group;

    public override string Describe() =>
        FormattableString.Invariant(
            $"{_trees.Length} trees, {_nodes.Length} nodes of {Unsafe.SizeOf<TNode>()} bytes, {_slots.Length} inputs");

    public override ForestMemory CreateMemory(int rows) => new Memory(
        new TRank[(rows + Group - 1) / Group * Group * Math.Max(1, _slots.Length)],
        new int[rows],
        new int[Math.Max(Group, _trees.Length)]);

    public override void Score(Block block, ForestMemory memory, LeafSums sums, Kernel kernel)
    {
        var work = (Memory)memory;
        if (block.Rows == 1)
        {
            ReadRow(block, work.Ranks);
        }
        else
        {
            ReadRanks(block, work);
        }

        var walk = new Walk<TNode, TRank>(_trees, _nodes, work.Ranks, work.Leaves, Math.Max(1, _slots.Length) * Group);
        ((Kernel<TNode, TRank>)kernel).Score(walk, block.Rows, Leaves, sums);
    }

    private void ReadRow(Block block, TRank[] ranks)
    {
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            // Numbers are read without a virtual call.
            ranks[slot * Group] = TNode.Narrow(_slots[slot] is NumberSlot number ? number.ReadRow(block) : _slots[slot].ReadRow(block));
        }
    }

    // Laid out by group of rows, then by slot.
    private void ReadRanks(Block block, Memory work)
    {
        var ranks = work.Slot.AsSpan(0, block.Rows);
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            _slots[slot].Read(block, ranks);
            for (var start = 0; start < ranks.Length; start += Group)
            {
                var source = ranks[start..Math.Min(ranks.Length, start + Group)];
                var destination = work.Ranks.AsSpan((start * _slots.Length) + (slot * Group), Group);
                for (var row = 0; row < source.Length; row++)
                {
                    destination[row] = TNode.Narrow(source[row]);
                }
            }
        }
    }

    /// <param name="ranks">The ranks of the rows.</param>
    /// <param name="slot">The ranks of one slot.</param>
    /// <param name="leaves">The leaves of one group of rows, or of one row in each tree.</param>
    private sealed class Memory(TRank[] ranks, int[] slot, int[] leaves) : ForestMemory
    {
        public TRank[] Ranks { get; } = ranks;

        public int[] Slot { get; } = slot;

        public int[] Leaves { get; } = leaves;
    }
}
