using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Lays a tree ensemble out for the kernels: nodes that every row passes the same way vanish, siblings lie side by side.</summary>
internal sealed class ForestBuilder
{
    // Subtrees that several nodes lead to are laid out for each: of that many nodes, no forest is faster than another engine's.
    private const int MostNodes = 16_000_000;

    private readonly TreeEnsemble _ensemble;
    private readonly Column[] _columns;
    private readonly TestCompiler _tests;
    private readonly List<(Test Test, int Step, int Leaf)> _nodes = [];
    private readonly List<ForestTree> _trees = [];

    private ForestBuilder(TreeEnsemble ensemble, Column[] columns)
    {
        _ensemble = ensemble;
        _columns = columns;
        _tests = new TestCompiler(ensemble.IsDouble);
        _nodes.Capacity = ensemble.Nodes.Length;
    }

    /// <exception cref="NotCompilableException">The nodes are no trees, or look at columns that there are not.</exception>
    public static Forest Build(TreeEnsemble ensemble, Column[] columns)
    {
        Check(ensemble, columns.Length);
        var builder = new ForestBuilder(ensemble with { Nodes = EqualityChains.Join(ensemble) }, columns);
        foreach (var root in ensemble.Roots)
        {
            builder.Place(root);
        }

        builder._tests.Freeze();
        return builder.Build();
    }

    // Of all nodes, the vanishing ones too: each is reached once.
    private static void Check(TreeEnsemble ensemble, int columns)
    {
        var isReached = new bool[ensemble.Nodes.Length];
        var next = new Stack<int>(ensemble.Roots);
        while (next.TryPop(out var index))
        {
            if (isReached[index])
            {
                throw new NotCompilableException("two of its nodes lead to the same one");
            }

            isReached[index] = true;
            var node = ensemble.Nodes[index];
            if (!node.IsLeaf)
            {
                if (node.Feature < 0 || node.Feature >= columns)
                {
                    throw new NotCompilableException($"it looks at column {node.Feature} of {columns}");
                }

                next.Push(node.WhenTrue);
                next.Push(node.WhenFalse);
            }
        }

        if (Array.IndexOf(isReached, false) >= 0)
        {
            throw new NotCompilableException("it has nodes that no root leads to");
        }
    }

    // Breadth first.
    private void Place(int root)
    {
        var first = _nodes.Count;
        var depth = 0;
        var queue = new Queue<(int Index, int Depth)>([(root, 0)]);
        while (queue.TryDequeue(out var next))
        {
            depth = next.Depth;
            if (_nodes.Count > MostNodes)
            {
                throw new NotCompilableException("it has too many nodes");
            }

            var (index, test) = Follow(next.Index);
            var node = _ensemble.Nodes[index];
            if (node.IsLeaf)
            {
                _nodes.Add((default, 0, index));
                continue;
            }

            _nodes.Add((test, queue.Count + 1, -1));
            queue.Enqueue((test.IsInverted ? node.WhenFalse : node.WhenTrue, depth + 1));
            queue.Enqueue((test.IsInverted ? node.WhenTrue : node.WhenFalse, depth + 1));
        }

        _trees.Add(new ForestTree(first, _nodes.Count - first, depth));
    }

    private (int Index, Test Test) Follow(int index)
    {
        while (_ensemble.Nodes[index] is { IsLeaf: false } node)
        {
            var test = _tests.Compile(_columns[node.Feature], node);
            if (test.Slot is not null)
            {
                return (index, test);
            }

            index = test.IsAlwaysTrue ? node.WhenTrue : node.WhenFalse;
        }

        return (index, default);
    }

    private Forest Build()
    {
        Slot[] slots = [.. _tests.Slots];
        for (var place = 0; place < slots.Length; place++)
        {
            slots[place].Place = place;
        }

        var found = new int[_nodes.Count];
        var isNear = true;
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = _nodes[i].Leaf;
            isNear &= _nodes[i].Step <= ushort.MaxValue;
        }

        var leaves = ForestLeaves.Create(_ensemble, found);
        ForestTree[] trees = [.. _trees];
        var isSmall = slots.Length * Forest.Group <= ushort.MaxValue
            && Array.TrueForAll(slots, slot => slot.Size < ushort.MaxValue)
            && isNear;
        return isSmall
            ? new Forest<SmallNode, ushort>(slots, trees, Lay<SmallNode, ushort>(ushort.MaxValue), leaves)
            : new Forest<LargeNode, int>(slots, trees, Lay<LargeNode, int>(-1), leaves);
    }

    private TNode[] Lay<TNode, TRank>(int everything)
        where TNode : unmanaged, INode<TNode, TRank>
        where TRank : unmanaged
    {
        var nodes = new TNode[_nodes.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            var (test, step, leaf) = _nodes[i];
            if (leaf >= 0)
            {
                nodes[i] = TNode.Create(0, 0, everything, 0);
                continue;
            }

            var (first, last) = test.Ranks();
            nodes[i] = TNode.Create(test.Slot!.Place * Forest.Group, first, last - first, step);
        }

        return nodes;
    }
}
