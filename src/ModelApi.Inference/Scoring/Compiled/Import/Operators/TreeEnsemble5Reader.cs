using ModelApi.Inference.Bundles.Graphs;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Transforms;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Reads TreeEnsemble (ai.onnx.ml 5), whose lists <see cref="TreeEnsemble5"/> has checked.</summary>
internal sealed class TreeEnsemble5Reader
{
    private const int Member = 6;
    private const int MostNodes = 2_000_000;

    private readonly long[] _features;
    private readonly long[] _trueNodes;
    private readonly long[] _falseNodes;
    private readonly long[] _trueLeaves;
    private readonly long[] _falseLeaves;
    private readonly long[] _leafTargets;
    private readonly long[] _tracks;
    private readonly double[] _modes;
    private readonly double[] _splits;
    private readonly double[] _leafWeights;
    private readonly List<double[]> _members = [];
    private readonly List<TreeNode> _nodes = [];
    private readonly List<LeafWeight> _weights = [];
    private readonly int _targets;

    private TreeEnsemble5Reader(NodeAttributes attributes)
    {
        _modes = attributes.Tensor("nodes_modes")?.Numbers ?? [];
        _splits = attributes.Tensor("nodes_splits")?.Numbers ?? [];
        _leafWeights = attributes.Tensor("leaf_weights")?.Numbers ?? [];
        _targets = (int)attributes.Int("n_targets", 0);
        _features = attributes.Ints("nodes_featureids");
        _trueNodes = attributes.Ints("nodes_truenodeids");
        _falseNodes = attributes.Ints("nodes_falsenodeids");
        _trueLeaves = attributes.Ints("nodes_trueleafs");
        _falseLeaves = attributes.Ints("nodes_falseleafs");
        _leafTargets = attributes.Ints("leaf_targetids");
        _tracks = attributes.Ints("nodes_missing_value_tracks_true");
    }

    public static TreeEnsemble Read(NodeAttributes attributes, bool isDouble)
    {
        var reader = new TreeEnsemble5Reader(attributes);
        reader.ReadMembers(attributes.Tensor("membership_values")?.Numbers ?? []);
        int[] roots = [.. attributes.Ints("tree_roots").Select(root => reader.ReadNode(root, reader.IsLoneLeaf(root), 0))];
        return new TreeEnsemble
        {
            Nodes = [.. reader._nodes],
            Weights = [.. reader._weights],
            Roots = roots,
            Targets = reader._targets,
            IsDouble = isDouble,
            Aggregate = attributes.Int("aggregate_function", 1) switch
            {
                0 => Aggregate.Average,
                1 => Aggregate.Sum,
                2 => Aggregate.Minimum,
                3 => Aggregate.Maximum,
                var other => throw new NotCompilableException($"it has the unknown aggregate function {other}"),
            },
            Transform = PostTransforms.Find(attributes.Int("post_transform", 0)),
        };
    }

    // A tree of a single leaf is written as a node with equal children.
    private bool IsLoneLeaf(long root) => _falseNodes[root] == _trueNodes[root];

    // One list holds the sets of all nodes that test for membership, separated by NaN.
    private void ReadMembers(double[] values)
    {
        var at = 0;
        foreach (var mode in _modes)
        {
            var end = at;
            while (mode == Member && end < values.Length && !double.IsNaN(values[end]))
            {
                end++;
            }

            _members.Add(values[at..end]);
            at = mode == Member ? Math.Min(end + 1, values.Length) : at;
        }
    }

    /// <summary>Reads a subtree. A test for membership becomes a chain of tests for equality.</summary>
    /// <param name="index">The index of a leaf or of a branch.</param>
    /// <param name="isLeaf">Whether it is a leaf.</param>
    /// <param name="member">Test for membership: the index of the member to test next.</param>
    /// <returns>The node's index in the ensemble.</returns>
    private int ReadNode(long index, bool isLeaf, int member)
    {
        // The branch of a test for membership is copied for each member.
        if (_nodes.Count > MostNodes)
        {
            throw new NotCompilableException("its sets of members make too many nodes");
        }

        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var place = _nodes.Count;
        if (isLeaf)
        {
            _nodes.Add(new TreeNode(true, default, 0, 0, false, 0, 0, _weights.Count, 1));
            _weights.Add(new LeafWeight(_targets == 1 ? 0 : (int)_leafTargets[index], _leafWeights[index]));
            return place;
        }

        var feature = (int)_features[index];
        var isMember = _modes[index] == Member;
        var members = _members[(int)index];
        if (isMember && (members.Length == 0 || !members.All(value => value == Math.Floor(value) && Math.Abs(value) < int.MaxValue)))
        {
            throw new NotCompilableException("it tests for membership of a set that is empty or not of whole numbers");
        }

        _nodes.Add(default);
        var whenTrue = ReadNode(_trueNodes[index], _trueLeaves[index] != 0, 0);
        var whenFalse = isMember && member + 1 < members.Length
            ? ReadNode(index, false, member + 1)
            : ReadNode(_falseNodes[index], _falseLeaves[index] != 0, 0);
        _nodes[place] = new TreeNode(
            false,
            isMember ? EqualityOf(members) : Mode(_modes[index]),
            feature,
            isMember ? members[member] : _splits[index],
            index < _tracks.Length && _tracks[index] == 1,
            whenTrue,
            whenFalse,
            0,
            0);
        return place;
    }

    // ONNX Runtime truncates the values that it looks up, except in a set of small members.
    private static BranchMode EqualityOf(double[] members) =>
        members.All(value => value is >= 0 and <= 30) ? BranchMode.Equal : BranchMode.EqualWhole;

    private static BranchMode Mode(double mode) =>
        (BranchMode)(int)mode;
}
