using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>All kernels. The constructor of each says where it can run; null entries cannot run here.</summary>
/// <remarks>
/// From plain to specialized: the last kernel serves until kernels are timed, and the first one is the reference for tests.
/// </remarks>
internal static class KernelFactory
{
    // In larger forests the plain kernels are never the fastest, and timing them takes longer than timing all others.
    private const int FewNodes = 256;

    /// <summary>The kernels for one row.</summary>
    public static IReadOnlyList<Kernel> ForOneRow<TNode, TRank>(ForestTree[] trees, TNode[] nodes, int slots, ForestLeaves leaves)
        where TNode : unmanaged, INode<TNode, TRank>
        where TRank : unmanaged =>
        Usable(
        [
            // Any forest, any processor. Fastest for stumps.
            new PlainRowKernel<TNode, TRank>(isPromising: nodes.Length <= FewNodes),

            // Any forest, any processor. Hides the latency of memory.
            new SideBySideKernel<TNode, TRank>(),

            // Small nodes, at most 32 inputs, AVX-512BW. Saves five steps in each tree.
            Small(nodes) is { Length: > 0 } small ? VectorTopKernel.TryCreate(trees, small, slots) : null,

            // Trees of at most 32 or 64 leaves whose masks fit the second-level cache. Takes no steps at all.
            LeafMaskKernel<TNode, TRank, uint>.TryCreate(trees, nodes, slots, leaves)
                ?? LeafMaskKernel<TNode, TRank, ulong>.TryCreate(trees, nodes, slots, leaves),
        ]);

    /// <summary>The kernels for many rows.</summary>
    public static IReadOnlyList<Kernel> ForManyRows<TNode, TRank>(ForestTree[] trees, TNode[] nodes)
        where TNode : unmanaged, INode<TNode, TRank>
        where TRank : unmanaged
    {
        var small = Small(nodes);
        var tops = small.Length > 0 ? TreeTop.Build(trees, small) : null;
        return Usable(
        [
            // Any forest, any processor. Fastest for stumps.
            new PlainBatchKernel<TNode, TRank>(isPromising: nodes.Length <= FewNodes),

            // Any forest, any processor. Avoids mispredicted branches.
            new InterleavedKernel<TNode, TRank>(),

            // Small nodes; 128-bit vectors are emulated where they are missing. Compares whole levels of trees.
            tops is null ? null : new LockstepKernel<Lanes128, Vector128<ushort>>(tops),

            // Small nodes, 256-bit vectors.
            tops is null || !Vector256.IsHardwareAccelerated ? null : new LockstepKernel<Lanes256, Vector256<ushort>>(tops),

            // Small nodes, 512-bit vectors: wider is usually faster, unless the processor lowers its clock for them.
            tops is null || !Vector512.IsHardwareAccelerated ? null : new LockstepKernel<Lanes512, Vector512<ushort>>(tops),
        ]);
    }

    // Empty for large nodes; a forest has at least one node.
    private static ReadOnlySpan<SmallNode> Small<TNode>(TNode[] nodes)
        where TNode : unmanaged =>
        typeof(TNode) == typeof(SmallNode) ? MemoryMarshal.Cast<TNode, SmallNode>(nodes) : [];

    private static Kernel[] Usable(ReadOnlySpan<Kernel?> kernels)
    {
        var usable = new List<Kernel>();
        foreach (var kernel in kernels)
        {
            if (kernel is not null)
            {
                usable.Add(kernel);
            }
        }

        return [.. usable];
    }
}
