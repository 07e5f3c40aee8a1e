using static ModelApi.Inference.Bundles.Graphs.TreeLists;

namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Checks TreeEnsemble (ai.onnx.ml 5), which lists branches and leaves apart.</summary>
/// <remarks>
/// Source: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html. Beyond it, as ONNX Runtime: the number of a single target
/// is not checked, and a root with equal children is the leaf of the root's own number. Leaves may be shared. Branches may not, because
/// ONNX Runtime copies them for each parent.
/// </remarks>
internal static class TreeEnsemble5
{
    private const int Member = 6;

    /// <exception cref="InvalidDataException">The lists do not describe trees.</exception>
    public static void Check(NodeAttributes attributes, TreeLimits limits)
    {
        var modes = Tensor(attributes, "nodes_modes")?.Numbers() ?? [];
        var splits = Tensor(attributes, "nodes_splits");
        var weights = Tensor(attributes, "leaf_weights");
        var count = modes.Length;
        RequireLength("nodes_splits", splits?.Elements ?? 0, count);
        var features = Ints("nodes_featureids", count);
        var trueIds = Ints("nodes_truenodeids", count);
        var falseIds = Ints("nodes_falsenodeids", count);
        var trueIsLeaf = Ints("nodes_trueleafs", count);
        var falseIsLeaf = Ints("nodes_falseleafs", count);
        RequireLengthOrNone("nodes_missing_value_tracks_true", attributes.Ints("nodes_missing_value_tracks_true").Length, count);
        RequireLengthOrNone("nodes_hitrates", Tensor(attributes, "nodes_hitrates")?.Elements ?? 0, count);
        var leaves = attributes.Ints("leaf_targetids");
        RequireLength("leaf_weights", weights?.Elements ?? 0, leaves.Length);
        CheckMembers(attributes, modes);
        CheckTargets(leaves, attributes.Int("n_targets", 0), limits);

        var whenTrue = new int[count];
        var whenFalse = new int[count];
        for (var i = 0; i < count; i++)
        {
            RequireFeature(features[i]);
            if (modes[i] is < 0 or > Member)
            {
                throw new InvalidDataException($"it has the unknown node mode {modes[i]}.");
            }

            whenTrue[i] = Child(trueIds[i], trueIsLeaf[i] != 0, count, leaves.Length);
            whenFalse[i] = Child(falseIds[i], falseIsLeaf[i] != 0, count, leaves.Length);
        }

        var roots = attributes.Ints("tree_roots");
        if (roots.Length == 0)
        {
            throw new InvalidDataException("it has no tree.");
        }

        var walk = new TreeWalk(whenTrue, whenFalse, limits.MaxDepth, mayShareNodes: false);
        foreach (var root in roots)
        {
            Require("node", root, count);
            if (trueIds[root] == falseIds[root])
            {
                Require("leaf", root, leaves.Length);
            }
            else
            {
                walk.Follow((int)root);
            }
        }

        long[] Ints(string name, int length)
        {
            var list = attributes.Ints(name);
            RequireLength(name, list.Length, length);
            return list;
        }
    }

    private static int Child(long id, bool isLeaf, int nodes, int leaves)
    {
        Require(isLeaf ? "leaf" : "node", id, isLeaf ? leaves : nodes);
        return isLeaf ? TreeWalk.Leaf : (int)id;
    }

    // One list holds the sets of all nodes that test for membership, separated by NaN.
    private static void CheckMembers(NodeAttributes attributes, double[] modes)
    {
        var nodes = modes.Count(mode => mode == Member);
        if (nodes == 0)
        {
            return;
        }

        var values = Tensor(attributes, "membership_values")?.Numbers() ?? [];
        var sets = 0;
        for (var i = 0; i < values.Length; i++)
        {
            // A set begins with a number at the start or after a NaN.
            sets += !double.IsNaN(values[i]) && (i == 0 || double.IsNaN(values[i - 1])) ? 1 : 0;
        }

        var separators = values.Count(double.IsNaN);
        if (sets != nodes || separators is var ends && (ends < nodes - 1 || ends > nodes))
        {
            throw new InvalidDataException(
                $"its membership_values hold {sets} sets with {separators} separators for {nodes} nodes that test for membership.");
        }
    }

    private static void CheckTargets(long[] leaves, long targets, TreeLimits limits)
    {
        limits.CheckTargets(targets, leaves.Length);
        foreach (var target in leaves)
        {
            if (targets > 1)
            {
                Require("target", target, targets);
            }
        }
    }

    private static void Require(string what, long index, long count)
    {
        if (index < 0 || index >= count)
        {
            throw new InvalidDataException($"it refers to {what} {index}, and has {count}.");
        }
    }
}
