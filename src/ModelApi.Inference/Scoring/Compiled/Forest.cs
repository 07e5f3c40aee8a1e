using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>An ensemble of decision trees, laid out to score many rows at a time.</summary>
/// <remarks>
/// Tree by tree, a block of rows walks down together, eight rows interleaved: the tree stays in the first-level cache, and
/// neither a mispredicted branch nor one row's chain of loads holds up the others. A leaf is its own child, so that every row
/// takes as many steps as the tree is deep. <see cref="ScoreRow"/> is the plain version.
/// </remarks>
internal sealed class Forest
{
    // 64 rows of 30 floats and a tree of a thousand nodes fit a first-level cache of 32 KB together.
    private const int Block = 64;

    private readonly Tree[] _trees;
    private readonly Node[] _nodes;
    private readonly float[] _weights;

    /// <summary>Takes the arrays over; <see cref="ForestReader"/> has checked them.</summary>
    /// <param name="features">Floats that a row must have at least.</param>
    /// <param name="outputs">Sums per row.</param>
    /// <param name="trees">The trees.</param>
    /// <param name="nodes">The nodes, tree after tree, the root first in each.</param>
    /// <param name="weights">What each node adds to the sums, <c>[nodes × outputs]</c>; zero but for leaves.</param>
    public Forest(int features, int outputs, Tree[] trees, Node[] nodes, float[] weights)
    {
        Features = features;
        Outputs = outputs;
        _trees = trees;
        _nodes = nodes;
        _weights = weights;
    }

    /// <summary>Floats that a row must have at least.</summary>
    public int Features { get; }

    /// <summary>Sums per row.</summary>
    public int Outputs { get; }

    /// <summary>Adds up, for each row, the weights of the leaf that it reaches in every tree.</summary>
    /// <param name="rows">The rows, <c>[rows × width]</c>.</param>
    /// <param name="width">Floats in one row, at least <see cref="Features"/>.</param>
    /// <param name="sums">Receives the sums, <c>[rows × outputs]</c>.</param>
    public void Score(ReadOnlySpan<float> rows, int width, Span<double> sums)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, Features);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)rows.Length * Outputs, (long)sums.Length * width);
        sums.Clear();
        Span<int> leaves = stackalloc int[Block];
        var block = ArrayPool<float>.Shared.Rent(Math.Max(1, Features) * Block);
        for (; !rows.IsEmpty; rows = rows[(leaves.Length * width)..], sums = sums[(leaves.Length * Outputs)..])
        {
            leaves = leaves[..Math.Min(Block, rows.Length / width)];
            Transpose(rows, width, leaves.Length, block);
            foreach (var tree in _trees)
            {
                Walk(_nodes.AsSpan(tree.FirstNode, tree.Nodes), tree.Depth, block, leaves);
                Add(_weights.AsSpan(tree.FirstNode * Outputs, tree.Nodes * Outputs), Outputs, leaves, sums);
            }
        }

        ArrayPool<float>.Shared.Return(block);
    }

    /// <summary>The same for one row, as plainly as can be.</summary>
    public void ScoreRow(ReadOnlySpan<float> row, Span<double> sums)
    {
        sums.Clear();
        foreach (var tree in _trees)
        {
            var nodes = _nodes.AsSpan(tree.FirstNode, tree.Nodes);
            var at = 0;
            while (nodes[at].Left != at)
            {
                at = row[nodes[at].Feature] <= nodes[at].Threshold ? nodes[at].Left : nodes[at].Left + 1;
            }

            for (var output = 0; output < Outputs; output++)
            {
                sums[output] += _weights[((tree.FirstNode + at) * Outputs) + output];
            }
        }
    }

    // Feature after feature, so that the values of neighbouring rows lie at fixed distances.
    private void Transpose(ReadOnlySpan<float> rows, int width, int count, Span<float> block)
    {
        for (var feature = 0; feature < Features; feature++)
        {
            var column = block.Slice(feature * Block, Block);
            for (var row = 0; row < count; row++)
            {
                // NaN goes to the right in every node, and so does infinity.
                var value = rows[(row * width) + feature];
                column[row] = float.IsNaN(value) ? float.PositiveInfinity : value;
            }

            // Rows are walked by the eight, and what the pool's memory held before might be NaN.
            column[count..].Clear();
        }
    }

    // A short run would be over before the runtime had found out by itself that this loop is what it consists of.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Walk(ReadOnlySpan<Node> tree, int depth, ReadOnlySpan<float> block, Span<int> leaves)
    {
        // Without bounds checks: ForestBuilder has checked every child and every feature, and all spans hold whole blocks.
        ref var root = ref MemoryMarshal.GetReference(tree);
        ref var leaf = ref MemoryMarshal.GetReference(leaves);
        for (var row = 0; row < leaves.Length; row += 8)
        {
            ref var values = ref Unsafe.Add(ref MemoryMarshal.GetReference(block), row);
            nuint at0 = 0, at1 = 0, at2 = 0, at3 = 0, at4 = 0, at5 = 0, at6 = 0, at7 = 0;
            for (var step = 0; step < depth; step++)
            {
                at0 = Next(ref root, at0, ref values, 0);
                at1 = Next(ref root, at1, ref values, 1);
                at2 = Next(ref root, at2, ref values, 2);
                at3 = Next(ref root, at3, ref values, 3);
                at4 = Next(ref root, at4, ref values, 4);
                at5 = Next(ref root, at5, ref values, 5);
                at6 = Next(ref root, at6, ref values, 6);
                at7 = Next(ref root, at7, ref values, 7);
            }

            Unsafe.Add(ref leaf, row) = (int)at0;
            Unsafe.Add(ref leaf, row + 1) = (int)at1;
            Unsafe.Add(ref leaf, row + 2) = (int)at2;
            Unsafe.Add(ref leaf, row + 3) = (int)at3;
            Unsafe.Add(ref leaf, row + 4) = (int)at4;
            Unsafe.Add(ref leaf, row + 5) = (int)at5;
            Unsafe.Add(ref leaf, row + 6) = (int)at6;
            Unsafe.Add(ref leaf, row + 7) = (int)at7;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Next(ref Node root, nuint at, ref float values, int row)
    {
        ref var node = ref Unsafe.Add(ref root, at);
        return node.Left + (nuint)(Unsafe.Add(ref Unsafe.Add(ref values, (nuint)node.Feature * Block), row) <= node.Threshold ? 0 : 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<float> weights, int outputs, ReadOnlySpan<int> leaves, Span<double> sums)
    {
        if (outputs == 1)
        {
            for (var row = 0; row < leaves.Length; row++)
            {
                sums[row] += weights[leaves[row]];
            }

            return;
        }

        for (var row = 0; row < leaves.Length; row++)
        {
            var leaf = weights.Slice(leaves[row] * outputs, outputs);
            var sum = sums.Slice(row * outputs, outputs);
            for (var output = 0; output < leaf.Length; output++)
            {
                sum[output] += leaf[output];
            }
        }
    }

    /// <summary>One tree of a forest.</summary>
    /// <param name="FirstNode">Where its nodes begin.</param>
    /// <param name="Nodes">How many it has.</param>
    /// <param name="Depth">Steps from the root to the farthest leaf.</param>
    internal readonly record struct Tree(int FirstNode, int Nodes, int Depth);

    /// <summary>One node, in the eight bytes that a step loads at once.</summary>
    /// <param name="Threshold">A value up to here goes left; +∞ in a leaf.</param>
    /// <param name="Feature">Which value of the row.</param>
    /// <param name="Left">The node that is next on the left, counted from the root; the one after it is next on the right. In a leaf, itself.</param>
    internal readonly record struct Node(float Threshold, ushort Feature, ushort Left);
}
