using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Lays a tree ensemble out for the kernels: nodes that every row passes the same way vanish, siblings lie side by side.</summary>
internal sealed class ForestBuilder
{
    // Subtrees that several nodes lead to are laid out for each: of that many nodes, no forest is faster than another engine's.
    private const int MostNodes = 16_000_000;

    // Levels: those that other kernels than the plain one look at whole, then as many as lie in two cache lines.
    private const int FirstBand = 5;
    private const int OtherBands = 3;

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

    // Breadth first within bands of a few levels, and band after band: the steps of one row stay within few cache lines.
    private void Place(int root)
    {
        var first = _nodes.Count;
        var deepest = 0;
        var bands = new Queue<(int Place, int Index, int Depth)>();
        var band = new Queue<(int Place, int Index, int Depth)>();
        bands.Enqueue((Reserve(1), root, 0));
        while (bands.TryDequeue(out var top))
        {
            var end = top.Depth == 0 ? FirstBand : top.Depth + OtherBands;
            band.Enqueue(top);
            while (band.TryDequeue(out var next))
            {
                var (place, start, depth) = next;
                if (depth == end)
                {
                    bands.Enqueue(next);
                    continue;
                }

                deepest = Math.Max(deepest, depth);
                var (index, test) = Follow(start);
                var node = _ensemble.Nodes[index];
                if (node.IsLeaf)
                {
                    _nodes[place] = (default, 0, index);
                    continue;
                }

                var children = Reserve(2);
                _nodes[place] = (test, children - place, -1);
                band.Enqueue((children, test.IsInverted ? node.WhenFalse : node.WhenTrue, depth + 1));
                band.Enqueue((children + 1, test.IsInverted ? node.WhenTrue : node.WhenFalse, depth + 1));
            }
        }

        _trees.Add(new ForestTree(first, _nodes.Count - first, deepest));
    }

    private int Reserve(int count)
    {
        var place = _nodes.Count;
        if (place > MostNodes)
        {
            throw new NotCompilableException("it has too many nodes");
        }

        for (var i = 0; i < count; i++)
        {
            _nodes.Add(default);
        }

        return place;
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
