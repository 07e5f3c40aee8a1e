using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Lays out a tree ensemble for the kernels: nodes with only one possible branch vanish, siblings lie side by side.</summary>
internal sealed class ForestBuilder
{
    // A subtree with several parents is laid out for each. With this many nodes the engine has no advantage.
    private const int MostNodes = 16_000_000;

    // Levels that lie together: first those that vector kernels evaluate whole, then as many as fit two cache lines.
    private const int FirstBand = 5;
    private const int OtherBands = 3;

    private readonly TreeEnsemble _ensemble;
    private readonly Column[] _columns;
    private readonly RankTestCompiler _tests;

    // For each node laid out so far: its test, the distance to its nearer child, and the ensemble's leaf that it stands for or -1.
    private RankTest[] _nodeTests;
    private int[] _steps;
    private int[] _leaves;
    private int _count;
    private readonly List<ForestTree> _trees = [];

    private ForestBuilder(TreeEnsemble ensemble, Column[] columns)
    {
        _ensemble = ensemble;
        _columns = columns;
        _tests = new RankTestCompiler(ensemble.IsDouble);
        _nodeTests = new RankTest[ensemble.Nodes.Length];
        _steps = new int[ensemble.Nodes.Length];
        _leaves = new int[ensemble.Nodes.Length];
    }

    /// <exception cref="NotCompilableException">The nodes do not form trees, or compare columns that do not exist.</exception>
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

    // Every node, also one that will vanish, must be reached exactly once.
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
                    throw new NotCompilableException($"it compares column {node.Feature} of {columns}");
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

    private void Place(int root)
    {
        var first = Reserve(1);
        var depth = PlaceBand(first, root, FirstBand);
        _trees.Add(new ForestTree(first, _count - first, depth));
    }

    /// <summary>Places a few levels breadth first, then the subtrees below, so that a row's steps touch few cache lines.</summary>
    /// <returns>The number of levels below the node.</returns>
    private int PlaceBand(int top, int topNode, int levels)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Span<int> places = stackalloc int[1 << FirstBand];
        Span<int> starts = stackalloc int[1 << FirstBand];
        Span<int> nextPlaces = stackalloc int[1 << FirstBand];
        Span<int> nextStarts = stackalloc int[1 << FirstBand];
        (places[0], starts[0]) = (top, topNode);
        var width = 1;
        var depth = 0;
        for (var level = 0; level < levels && width > 0; level++)
        {
            var next = 0;
            for (var i = 0; i < width; i++)
            {
                var index = Follow(starts[i], out var test);
                ref readonly var node = ref _ensemble.Nodes[index];
                if (node.IsLeaf)
                {
                    (_leaves[places[i]], _steps[places[i]]) = (index, 0);
                    continue;
                }

                var children = Reserve(2);
                (_leaves[places[i]], _steps[places[i]], _nodeTests[places[i]]) = (-1, children - places[i], test);
                (nextPlaces[next], nextStarts[next]) = (children, test.IsInverted ? node.WhenFalse : node.WhenTrue);
                (nextPlaces[next + 1], nextStarts[next + 1]) = (children + 1, test.IsInverted ? node.WhenTrue : node.WhenFalse);
                next += 2;
                depth = level + 1;
            }

            nextPlaces.CopyTo(places);
            nextStarts.CopyTo(starts);
            width = next;
        }

        var deepest = depth;
        for (var i = 0; i < width; i++)
        {
            deepest = Math.Max(deepest, levels + PlaceBand(places[i], starts[i], OtherBands));
        }

        return deepest;
    }

    private int Reserve(int count)
    {
        var place = _count;
        _count += count;
        if (_count > MostNodes)
        {
            throw new NotCompilableException("it has too many nodes");
        }

        if (_count > _steps.Length)
        {
            // Only when subtrees have several parents.
            Array.Resize(ref _nodeTests, 2 * _count);
            Array.Resize(ref _steps, 2 * _count);
            Array.Resize(ref _leaves, 2 * _count);
        }

        return place;
    }

    // Skips nodes with only one possible branch.
    private int Follow(int index, out RankTest test)
    {
        test = default;
        while (!_ensemble.Nodes[index].IsLeaf)
        {
            ref readonly var node = ref _ensemble.Nodes[index];
            test = _tests.Compile(_columns[node.Feature], node);
            if (test.Slot is not null)
            {
                break;
            }

            index = test.IsAlwaysTrue ? node.WhenTrue : node.WhenFalse;
        }

        return index;
    }

    private Forest Build()
    {
        Slot[] slots = [.. _tests.Slots];
        for (var place = 0; place < slots.Length; place++)
        {
            slots[place].Place = place;
        }

        var isNear = true;
        for (var i = 0; i < _count; i++)
        {
            isNear &= _steps[i] <= ushort.MaxValue;
        }

        var leaves = ForestLeaves.Create(_ensemble, _leaves.AsSpan(0, _count).ToArray());
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
        var nodes = new TNode[_count];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (_leaves[i] >= 0)
            {
                nodes[i] = TNode.Create(0, 0, everything, 0);
                continue;
            }

            ref readonly var test = ref _nodeTests[i];
            var (first, last) = test.Ranks();
            nodes[i] = TNode.Create(test.Slot!.Place * Forest.Group, first, last - first, _steps[i]);
        }

        return nodes;
    }
}
