using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>
/// One row: the first five levels of a tree in one comparison of vectors, the rest like
/// <see cref="SideBySideKernel{TNode,TRank}"/>.
/// </summary>
/// <remarks>One register holds the ranks of the row, so the forest can have at most 32 slots.</remarks>
internal sealed unsafe class VectorTopKernel : Kernel<SmallNode, ushort>
{
    private const int Levels = 5;
    private const int Lanes = 1 << Levels;
    private const int Together = 16;

    // Per tree one vector each of slots, first ranks and spans. Pinned, to align the vectors with cache lines.
    private readonly ushort[] _memory;
    private readonly ushort* _tops;

    // Per tree the node at the end of each path through the levels.
    private readonly int[] _exits;
    private readonly int _slots;
    private readonly int _rest;

    private VectorTopKernel(ReadOnlySpan<ForestTree> trees, ReadOnlySpan<SmallNode> nodes, int slots)
    {
        _slots = slots;
        _exits = new int[trees.Length * Lanes];
        _memory = GC.AllocateArray<ushort>((trees.Length * 3 * Lanes) + Lanes, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _tops = (ushort*)((address + 63) & ~(nuint)63);
        for (var i = 0; i < trees.Length; i++)
        {
            _rest = Math.Max(_rest, trees[i].Depth - Levels);
            Lay(i, 1, trees[i].First, nodes);
        }
    }

    public override string Name => "first levels in 512-bit vectors, then trees side by side";

    /// <returns>Null when the processor has no AVX-512BW or the forest has too many slots.</returns>
    public static VectorTopKernel? TryCreate(ReadOnlySpan<ForestTree> trees, ReadOnlySpan<SmallNode> nodes, int slots) =>
        Avx512BW.IsSupported && slots <= Lanes ? new VectorTopKernel(trees, nodes, slots) : null;

    public override void Score(in Walk<SmallNode, ushort> walk, int rows, ForestLeaves leaves, LeafSums sums)
    {
        var found = walk.Found[..walk.Trees.Length];
        Span<ushort> own = stackalloc ushort[Lanes];
        ref var ranks = ref walk.Ranks(0);
        for (var slot = 0; slot < _slots; slot++)
        {
            own[slot] = Unsafe.Add(ref ranks, slot * Forest.Group);
        }

        // Comparisons run one group ahead, so that the next nodes are prefetched and the sum, whose additions wait for each other,
        // overlaps with the comparisons of the next group.
        var row = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(own));
        Find(ref walk.Nodes, row, 0, found);
        for (var first = 0; first < found.Length; first += Together)
        {
            Find(ref walk.Nodes, row, first + Together, found);
            var group = found[first..Math.Min(first + Together, found.Length)];
            if (_rest > 0)
            {
                SideBySideKernel<SmallNode, ushort>.Go(walk, group, _rest);
            }

            leaves.AddRow(group, sums);
        }
    }

    /// <summary>Finds the nodes at which a row leaves the first levels of a group of trees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Find(ref SmallNode nodes, Vector512<ushort> row, int first, Span<int> found)
    {
        var trees = Math.Min(Together, found.Length - first);
        if (trees <= 0)
        {
            return;
        }

        var top = _tops + ((nint)first * 3 * Lanes);
        var outside = stackalloc uint[Together];
        for (var tree = 0; tree < trees; tree++)
        {
            var values = Avx512BW.PermuteVar32x16(row, Vector512.LoadAligned(top));
            var offsets = values - Vector512.LoadAligned(top + Lanes);
            outside[tree] = (uint)Vector512.GreaterThan(offsets, Vector512.LoadAligned(top + (2 * Lanes))).ExtractMostSignificantBits();
            top += 3 * Lanes;
        }

        // Sixteen trees descend at a time: the bit of a place selects the child.
        var bits = Vector512.Load(outside);
        var one = Vector512<uint>.One;
        var place = (one + one) | ((bits >>> 1) & one);
        place = (place << 1) | (Avx512F.ShiftRightLogicalVariable(bits, place) & one);
        place = (place << 1) | (Avx512F.ShiftRightLogicalVariable(bits, place) & one);
        place = (place << 1) | (Avx512F.ShiftRightLogicalVariable(bits, place) & one);
        place = (place << 1) | (Avx512F.ShiftRightLogicalVariable(bits, place) & one);
        place.Store(outside);
        ref var exits = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_exits), first * Lanes);
        ref var group = ref found[first];
        for (var tree = 0; tree < trees; tree++)
        {
            var node = Unsafe.Add(ref exits, (nuint)(tree * Lanes) + outside[tree] - Lanes);
            Unsafe.Add(ref group, tree) = node;
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref nodes, node)));
        }
    }

    // Places are numbered as in a binary heap.
    private void Lay(int tree, int place, int index, ReadOnlySpan<SmallNode> nodes)
    {
        if (place >= Lanes)
        {
            _exits[(tree * Lanes) + place - Lanes] = index;
            return;
        }

        // The interval of a leaf holds every rank, and a leaf is its own child.
        var node = nodes[index];
        var top = _tops + (tree * 3 * Lanes) + place;
        top[0] = (ushort)(node.Slot / Forest.Group);
        top[Lanes] = (ushort)node.First;
        top[2 * Lanes] = (ushort)node.Span;
        Lay(tree, 2 * place, index + (int)node.Step, nodes);
        Lay(tree, (2 * place) + 1, index + (int)node.Step + (node.Step > 0 ? 1 : 0), nodes);
    }
}
