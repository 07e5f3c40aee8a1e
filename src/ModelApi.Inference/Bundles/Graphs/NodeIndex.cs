namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Finds the nodes of a tree ensemble by tree number and node number.</summary>
internal sealed class NodeIndex
{
    private readonly long[] _nodeIds;
    private readonly Dictionary<long, (int First, int Count)> _trees = [];

    // Only if nodes are not listed in the order of their numbers.
    private readonly Dictionary<(long Tree, long Node), int>? _others;
    private (long Id, int First, int Count) _last;

    /// <exception cref="InvalidDataException">The lists differ in length or hold a node twice.</exception>
    public NodeIndex(long[] treeIds, long[] nodeIds)
    {
        _nodeIds = nodeIds;
        if (treeIds.Length == 0 || treeIds.Length != nodeIds.Length)
        {
            throw new InvalidDataException("its lists of nodes are empty or differ in length.");
        }

        var roots = new List<int>();
        var isInOrder = true;
        for (int i = 0, first = 0; i < treeIds.Length; i++)
        {
            first = i > 0 && treeIds[i] != treeIds[i - 1] ? i : first;
            isInOrder &= nodeIds[i] == i - first;
            if (i + 1 == treeIds.Length || treeIds[i + 1] != treeIds[i])
            {
                roots.Add(first);
                if (!_trees.TryAdd(treeIds[i], (first, i + 1 - first)))
                {
                    throw new InvalidDataException("the nodes of its trees are mixed; those of one tree must follow each other.");
                }
            }
        }

        Roots = [.. roots];
        _last = (treeIds[0], 0, _trees[treeIds[0]].Count);
        _others = isInOrder ? null : Index(treeIds, nodeIds);
    }

    /// <summary>The first node of each tree.</summary>
    public int[] Roots { get; }

    /// <returns>The node's index in the lists.</returns>
    /// <exception cref="InvalidDataException">The node does not exist.</exception>
    public int Find(long tree, long node)
    {
        if (_last.Id != tree && _trees.TryGetValue(tree, out var range))
        {
            _last = (tree, range.First, range.Count);
        }

        if (_last.Id == tree && node >= 0 && node < _last.Count && _nodeIds[_last.First + (int)node] == node)
        {
            return _last.First + (int)node;
        }

        return _others is not null && _others.TryGetValue((tree, node), out var index)
            ? index
            : throw new InvalidDataException($"it refers to node {node} of tree {tree}, which does not exist.");
    }

    private static Dictionary<(long Tree, long Node), int> Index(long[] treeIds, long[] nodeIds)
    {
        var indices = new Dictionary<(long Tree, long Node), int>(treeIds.Length);
        for (var i = 0; i < treeIds.Length; i++)
        {
            if (!indices.TryAdd((treeIds[i], nodeIds[i]), i))
            {
                throw new InvalidDataException($"it has node {nodeIds[i]} of tree {treeIds[i]} twice.");
            }
        }

        return indices;
    }
}
