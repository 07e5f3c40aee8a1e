using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Lays trees out as TreeEnsembleClassifier and TreeEnsembleRegressor have them: one long table of nodes.</summary>
internal sealed class NodeTable
{
    private readonly EnsembleEstimator _ensemble;
    private readonly List<Line> _lines = [];
    private readonly List<(long Tree, long Node, long Target, double Weight)> _weights = [];

    public NodeTable(EnsembleEstimator ensemble)
    {
        _ensemble = ensemble;
        for (var tree = 0; tree < ensemble.Trees.Count; tree++)
        {
            AddTree(ensemble.Trees[tree], tree);
        }
    }

    public IEnumerable<(string Name, object Value)> Attributes()
    {
        var prefix = _ensemble.Operator == "TreeEnsembleClassifier" ? "class" : "target";

        // ONNX Runtime reads the root as the first line of each tree; otherwise the order is free.
        var weights = _ensemble.Numbering % 3 == 2 ? _weights.AsEnumerable().Reverse().ToList() : _weights;
        yield return ("nodes_treeids", _lines.Select(line => line.Tree));
        yield return ("nodes_nodeids", _lines.Select(line => line.Node));
        yield return ("nodes_featureids", _lines.Select(line => line.Column));
        yield return ("nodes_modes", _lines.Select(line => line.Mode));
        yield return ("nodes_truenodeids", _lines.Select(line => line.True));
        yield return ("nodes_falsenodeids", _lines.Select(line => line.False));
        yield return Numbers("nodes_values", _lines.Select(line => line.Value));
        if (_lines.Exists(line => line.Missing))
        {
            yield return ("nodes_missing_value_tracks_true", _lines.Select(line => line.Missing ? 1L : 0L));
        }

        if (_ensemble.Numbering % 2 == 1)
        {
            yield return ("nodes_hitrates", _lines.Select(_ => 1f));
        }

        yield return ($"{prefix}_treeids", weights.Select(weight => weight.Tree));
        yield return ($"{prefix}_nodeids", weights.Select(weight => weight.Node));
        yield return ($"{prefix}_ids", weights.Select(weight => weight.Target));
        yield return Numbers($"{prefix}_weights", weights.Select(weight => weight.Weight));
        if (_ensemble.BaseValues.Length > 0)
        {
            yield return Numbers("base_values", _ensemble.BaseValues);
        }
    }

    private (string Name, object Value) Numbers(string name, IEnumerable<double> values) =>
        _ensemble.HoldsDoubles ? ($"{name}_as_tensor", GraphWriter.Doubles(values)) : (name, values.Select(value => (float)value));

    private void AddTree(TreeNode root, int tree)
    {
        // Numbering: 0 counts depth first, 1 breadth first, the others shuffle the numbers and all lines but the root's.
        var random = new Random(_ensemble.Numbering + tree);
        var treeId = _ensemble.Numbering < 2 ? tree : (tree * 7L) + 3;
        var nodes = Order(root, breadthFirst: _ensemble.Numbering == 1);
        var numbers = Enumerable.Range(0, nodes.Count).Select(number => (long)number).ToArray();
        var order = Enumerable.Range(0, nodes.Count).ToArray();
        if (_ensemble.Numbering > 1)
        {
            random.Shuffle(numbers);
            random.Shuffle(order.AsSpan()[1..]);
        }

        var ids = nodes.Zip(numbers).ToDictionary(pair => (object)pair.First, pair => pair.Second, ReferenceEqualityComparer.Instance);
        foreach (var index in order)
        {
            var node = nodes[index];
            if (node is TreeBranch branch)
            {
                _lines.Add(new Line(
                    treeId,
                    numbers[index],
                    branch.Column,
                    $"BRANCH_{branch.Mode}",
                    branch.Threshold,
                    ids[branch.True],
                    ids[branch.False],
                    branch.MissingIsTrue));
                continue;
            }

            var leaf = (TreeLeaf)node;
            _lines.Add(new Line(treeId, numbers[index], 0, "LEAF", leaf.Value, 0, 0, false));
            _weights.AddRange(leaf.Weights.Select(weight => (treeId, numbers[index], (long)weight.Target, weight.Weight)));
        }
    }

    private static List<TreeNode> Order(TreeNode root, bool breadthFirst)
    {
        var ordered = new List<TreeNode>();
        var open = new LinkedList<TreeNode>([root]);
        while (open.First is { } first)
        {
            open.RemoveFirst();
            ordered.Add(first.Value);
            if (first.Value is TreeBranch branch)
            {
                if (breadthFirst)
                {
                    open.AddLast(branch.True);
                    open.AddLast(branch.False);
                }
                else
                {
                    open.AddFirst(branch.False);
                    open.AddFirst(branch.True);
                }
            }
        }

        return ordered;
    }

    private readonly record struct Line(long Tree, long Node, long Column, string Mode, double Value, long True, long False, bool Missing);
}
