using Google.Protobuf;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Lays the nodes of an ONNX tree ensemble out for <see cref="Forest"/>, checking whatever that relies on.</summary>
internal sealed class ForestBuilder
{
    private readonly List<Forest.Tree> _trees = [];
    private readonly List<Forest.Node> _nodes = [];
    private readonly Dictionary<(long Tree, long Node), int> _placed = [];
    private int _features;

    public required IReadOnlyList<long> TreeIds { get; init; }

    public required IReadOnlyList<long> NodeIds { get; init; }

    public required IReadOnlyList<long> FeatureIds { get; init; }

    public required IReadOnlyList<float> Thresholds { get; init; }

    public required IReadOnlyList<ByteString> Modes { get; init; }

    public required IReadOnlyList<long> TrueIds { get; init; }

    public required IReadOnlyList<long> FalseIds { get; init; }

    public required IReadOnlyList<long> LeafTreeIds { get; init; }

    public required IReadOnlyList<long> LeafNodeIds { get; init; }

    public required IReadOnlyList<long> LeafOutputs { get; init; }

    public required IReadOnlyList<float> LeafWeights { get; init; }

    /// <summary>Builds the forest.</summary>
    /// <param name="outputs">Sums per row.</param>
    /// <returns>Null when the arrays do not describe trees, or trees that <see cref="Forest"/> has no room for.</returns>
    public Forest? Build(int outputs)
    {
        var count = TreeIds.Count;
        if (count == 0
            || new[] { NodeIds.Count, FeatureIds.Count, Thresholds.Count, Modes.Count, TrueIds.Count, FalseIds.Count }.Any(length => length != count)
            || new[] { LeafNodeIds.Count, LeafOutputs.Count, LeafWeights.Count }.Any(length => length != LeafTreeIds.Count))
        {
            return null;
        }

        var rows = new Dictionary<(long Tree, long Node), int>(count);
        for (var row = 0; row < count; row++)
        {
            if (!rows.TryAdd((TreeIds[row], NodeIds[row]), row))
            {
                return null;
            }
        }

        foreach (var tree in rows.Values.GroupBy(row => TreeIds[row]))
        {
            var children = tree.Where(row => !IsLeaf(row)).SelectMany(row => new[] { TrueIds[row], FalseIds[row] }).ToHashSet();
            var roots = tree.Where(row => !children.Contains(NodeIds[row])).Take(2).ToList();
            if (roots.Count != 1 || !TryPlace(roots[0], rows))
            {
                return null;
            }
        }

        return Weights(outputs) is { } weights && _nodes.Count == count
            ? new Forest(_features, outputs, [.. _trees], [.. _nodes], weights)
            : null;
    }

    // Breadth first, so that the two children of a node lie side by side.
    private bool TryPlace(int root, Dictionary<(long Tree, long Node), int> rows)
    {
        var first = _nodes.Count;
        var depth = 0;
        var queue = new Queue<(int Row, int Depth)>([(root, 0)]);
        while (queue.TryDequeue(out var next))
        {
            var (row, level) = next;
            var at = _nodes.Count - first;
            var left = at + queue.Count + 1;
            depth = level;
            if (!_placed.TryAdd((TreeIds[row], NodeIds[row]), _nodes.Count) || left + 1 > ushort.MaxValue)
            {
                return false;
            }

            if (IsLeaf(row))
            {
                _nodes.Add(new Forest.Node(float.PositiveInfinity, 0, (ushort)at));
            }
            else if (Modes[row].Span.SequenceEqual("BRANCH_LEQ"u8)
                && float.IsFinite(Thresholds[row])
                && FeatureIds[row] is >= 0 and <= ushort.MaxValue
                && rows.TryGetValue((TreeIds[row], TrueIds[row]), out var whenTrue)
                && rows.TryGetValue((TreeIds[row], FalseIds[row]), out var whenFalse))
            {
                _nodes.Add(new Forest.Node(Thresholds[row], (ushort)FeatureIds[row], (ushort)left));
                _features = Math.Max(_features, (int)FeatureIds[row] + 1);
                queue.Enqueue((whenTrue, level + 1));
                queue.Enqueue((whenFalse, level + 1));
            }
            else
            {
                return false;
            }
        }

        _trees.Add(new Forest.Tree(first, _nodes.Count - first, depth));
        return true;
    }

    private float[]? Weights(int outputs)
    {
        var weights = new float[_nodes.Count * outputs];
        for (var i = 0; i < LeafTreeIds.Count; i++)
        {
            if (LeafOutputs[i] < 0 || LeafOutputs[i] >= outputs
                || !_placed.TryGetValue((LeafTreeIds[i], LeafNodeIds[i]), out var node)
                || !float.IsPositiveInfinity(_nodes[node].Threshold))
            {
                return null;
            }

            weights[(node * outputs) + LeafOutputs[i]] += LeafWeights[i];
        }

        return weights;
    }

    private bool IsLeaf(int row) => Modes[row].Span.SequenceEqual("LEAF"u8);
}
