using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Lays trees out as TreeEnsemble of <c>ai.onnx.ml</c> 5 has them: branches and leaves apart.</summary>
internal sealed class TreeEnsembleAttributes
{
    private static readonly string[] Modes = ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ", "MEMBER"];

    // As ONNX Runtime numbers them; the standard has LOGISTIC and SOFTMAX the other way round.
    private static readonly string[] PostTransforms = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"];
    private static readonly string[] Aggregates = ["AVERAGE", "SUM", "MIN", "MAX"];

    private readonly EnsembleEstimator _ensemble;
    private readonly List<Branch> _branches = [];
    private readonly List<(long Target, double Weight)> _leaves = [];
    private readonly long[] _roots;

    public TreeEnsembleAttributes(EnsembleEstimator ensemble)
    {
        _ensemble = ensemble;
        _roots = new long[ensemble.Trees.Count];

        // A tree that is one leaf is a branch with equal children; ONNX Runtime then takes the leaf with the branch's own number.
        for (var tree = 0; tree < ensemble.Trees.Count; tree++)
        {
            if (ensemble.Trees[tree] is TreeLeaf leaf)
            {
                _roots[tree] = _branches.Count;
                _branches.Add(new Branch(0, "LEQ", 0, [], false, _leaves.Count, _leaves.Count, true, true));
                AddLeaf(leaf);
            }
        }

        for (var tree = 0; tree < ensemble.Trees.Count; tree++)
        {
            if (ensemble.Trees[tree] is TreeBranch branch)
            {
                _roots[tree] = Add(branch);
            }
        }
    }

    public IEnumerable<(string Name, object Value)> All()
    {
        yield return ("aggregate_function", Array.IndexOf(Aggregates, _ensemble.Aggregate));
        yield return ("post_transform", Array.IndexOf(PostTransforms, _ensemble.PostTransform));
        yield return ("n_targets", _ensemble.Targets);
        yield return ("tree_roots", _roots);
        yield return ("nodes_modes", GraphWriter.Bytes(_branches.Select(branch => Array.IndexOf(Modes, branch.Mode))));
        yield return ("nodes_splits", Numbers(_branches.Select(branch => branch.Threshold)));
        yield return ("nodes_featureids", _branches.Select(branch => branch.Column));
        yield return ("nodes_truenodeids", _branches.Select(branch => branch.True));
        yield return ("nodes_falsenodeids", _branches.Select(branch => branch.False));
        yield return ("nodes_trueleafs", _branches.Select(branch => branch.TrueIsLeaf ? 1L : 0L));
        yield return ("nodes_falseleafs", _branches.Select(branch => branch.FalseIsLeaf ? 1L : 0L));
        yield return ("leaf_targetids", _leaves.Select(leaf => leaf.Target));
        yield return ("leaf_weights", Numbers(_leaves.Select(leaf => leaf.Weight)));
        if (_branches.Exists(branch => branch.MissingIsTrue))
        {
            yield return ("nodes_missing_value_tracks_true", _branches.Select(branch => branch.MissingIsTrue ? 1L : 0L));
        }

        if (_branches.Exists(branch => branch.Mode == "MEMBER"))
        {
            var sets = _branches.Where(branch => branch.Mode == "MEMBER").SelectMany(branch => branch.Members.Append(double.NaN));
            yield return ("membership_values", Numbers(sets));
        }
    }

    private OnnxTensor Numbers(IEnumerable<double> values) =>
        _ensemble.TakesDoubles ? GraphWriter.Doubles(values) : GraphWriter.Floats(values);

    private long AddLeaf(TreeLeaf leaf)
    {
        _leaves.Add((leaf.Weights[0].Target, leaf.Weights[0].Weight));
        return _leaves.Count - 1;
    }

    private int Add(TreeBranch branch)
    {
        var index = _branches.Count;
        _branches.Add(default!);
        var whenTrue = AddChild(branch.True);
        var whenFalse = AddChild(branch.False);
        if (whenTrue == whenFalse)
        {
            // Equal numbers, one of a leaf and one of a branch, would make ONNX Runtime take a root for a leaf.
            whenTrue = branch.True is TreeLeaf ? AddChild(branch.True) : whenTrue;
            whenFalse = branch.True is TreeLeaf ? whenFalse : AddChild(branch.False);
        }

        _branches[index] = new Branch(
            branch.Column,
            branch.Mode,
            branch.Threshold,
            branch.Members,
            branch.MissingIsTrue,
            whenTrue,
            whenFalse,
            branch.True is TreeLeaf,
            branch.False is TreeLeaf);
        return index;
    }

    private long AddChild(TreeNode node) => node is TreeLeaf leaf ? AddLeaf(leaf) : Add((TreeBranch)node);

    private sealed record Branch(
        long Column,
        string Mode,
        double Threshold,
        double[] Members,
        bool MissingIsTrue,
        long True,
        long False,
        bool TrueIsLeaf,
        bool FalseIsLeaf);
}
