namespace ModelApi.Benchmarks.Growth;

/// <summary>Trees that nobody trained, of the shape that a random forest's have; the same seed gives the same forest.</summary>
/// <remarks>
/// A node's threshold lies within what the nodes above it leave of the feature's range (0..1), so that every leaf can be
/// reached. The larger side goes on more often, as where leaves need a minimum of rows.
/// </remarks>
internal sealed class RandomForest
{
    private readonly Random _random;
    private readonly int _features;
    private readonly int _maxDepth;

    public RandomForest(int trees, int features, int maxDepth, int seed)
    {
        _random = new Random(seed);
        _features = features;
        _maxDepth = maxDepth;
        for (var tree = 0; tree < trees; tree++)
        {
            Grow(tree, 0, [.. Enumerable.Repeat((Low: 0f, High: 1f), features)], 1);
        }

        Trees = trees;
    }

    public int Trees { get; }

    /// <summary>Tree after tree, the root first in each; children are counted from the root.</summary>
    public List<ForestNode> Nodes { get; } = [];

    private int Grow(int tree, int depth, (float Low, float High)[] ranges, double share)
    {
        var start = Nodes.Count;
        var id = depth == 0 ? 0 : Nodes[^1].Id + 1;

        // A leaf needs some 1/2000 of the rows, and trees are not all as deep as they may be.
        if (depth == _maxDepth || share < 0.0005 || (depth > 3 && _random.NextDouble() < 0.03))
        {
            Nodes.Add(new ForestNode(tree, id, -1, 0, 0, 0, _random.NextSingle()));
            return id;
        }

        var feature = _random.Next(_features);
        var (low, high) = ranges[feature];
        var part = (_random.NextSingle() * 0.6f) + 0.2f;
        var threshold = low + ((high - low) * part);
        Nodes.Add(new ForestNode(tree, id, feature, threshold, 0, 0, 0));
        ranges[feature] = (low, threshold);
        var left = Grow(tree, depth + 1, ranges, share * part);
        ranges[feature] = (threshold, high);
        var right = Grow(tree, depth + 1, ranges, share * (1 - part));
        ranges[feature] = (low, high);
        Nodes[start] = Nodes[start] with { Left = left, Right = right };
        return id;
    }
}

/// <summary>One node of a forest; a leaf has no feature.</summary>
/// <param name="Tree">The tree that it is of.</param>
/// <param name="Id">Its number in the tree.</param>
/// <param name="Feature">What it tests, or -1 in a leaf.</param>
/// <param name="Threshold">A value up to here goes left.</param>
/// <param name="Left">The number of the node on the left.</param>
/// <param name="Right">The number of the node on the right.</param>
/// <param name="Probability">A leaf's probability of the second class.</param>
internal readonly record struct ForestNode(int Tree, int Id, int Feature, float Threshold, int Left, int Right, float Probability);
