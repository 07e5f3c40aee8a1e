using static ModelApi.Inference.Bundles.Graphs.TreeLists;

namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Checks TreeEnsembleClassifier and TreeEnsembleRegressor (ai.onnx.ml 1 and 3), which list the nodes of all trees.</summary>
/// <remarks>
/// Source: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleClassifier.html. Beyond it, as ONNX Runtime: a tree begins where
/// the tree number changes, its first node is the root, the number of a single class is not checked, weights of branches are ignored,
/// and nodes may share a child, which exporters of LightGBM write for a set of categories.
/// </remarks>
internal static class TreeTable
{
    /// <exception cref="InvalidDataException">The lists do not describe trees.</exception>
    public static void Check(NodeAttributes attributes, bool isClassifier, TreeLimits limits)
    {
        var treeIds = attributes.Ints("nodes_treeids");
        var indices = new NodeIndex(treeIds, attributes.Ints("nodes_nodeids"));
        CheckNodes(attributes, treeIds, indices, limits);

        var prefix = isClassifier ? "class" : "target";
        var owners = attributes.Ints($"{prefix}_treeids");
        var nodes = attributes.Ints($"{prefix}_nodeids");
        var ids = attributes.Ints($"{prefix}_ids");
        RequireLength($"{prefix}_nodeids", nodes.Length, owners.Length);
        RequireLength($"{prefix}_ids", ids.Length, owners.Length);
        RequireLength($"{prefix}_weights", CountNumbers(attributes, $"{prefix}_weights"), owners.Length);

        var targets = isClassifier ? CountClasses(attributes) : attributes.Int("n_targets", 0);
        limits.CheckTargets(targets, ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            indices.Find(owners[i], nodes[i]);
            if (targets > 1 && (ids[i] < 0 || ids[i] >= targets))
            {
                throw new InvalidDataException($"it has a weight for class or target {ids[i]} of {targets}.");
            }
        }

        var baseValues = CountNumbers(attributes, "base_values");
        if (baseValues > targets)
        {
            throw new InvalidDataException($"it has {baseValues} base_values for {targets} classes or targets.");
        }
    }

    private static void CheckNodes(NodeAttributes attributes, long[] treeIds, NodeIndex indices, TreeLimits limits)
    {
        var count = treeIds.Length;
        var features = attributes.Ints("nodes_featureids");
        var modes = attributes.Utf8s("nodes_modes");
        var trueIds = attributes.Ints("nodes_truenodeids");
        var falseIds = attributes.Ints("nodes_falsenodeids");
        RequireLength("nodes_featureids", features.Length, count);
        RequireLength("nodes_modes", modes.Count, count);
        RequireLength("nodes_truenodeids", trueIds.Length, count);
        RequireLength("nodes_falsenodeids", falseIds.Length, count);
        RequireLength("nodes_values", CountNumbers(attributes, "nodes_values"), count);
        RequireLengthOrNone("nodes_hitrates", CountNumbers(attributes, "nodes_hitrates"), count);
        RequireLengthOrNone("nodes_missing_value_tracks_true", attributes.Ints("nodes_missing_value_tracks_true").Length, count);

        var isLeaf = new bool[count];
        for (var i = 0; i < count; i++)
        {
            isLeaf[i] = IsLeaf(modes[i]);
        }

        var whenTrue = new int[count];
        var whenFalse = new int[count];
        for (var i = 0; i < count; i++)
        {
            (whenTrue[i], whenFalse[i]) = (TreeWalk.Leaf, TreeWalk.Leaf);
            if (!isLeaf[i])
            {
                RequireFeature(features[i]);
                whenTrue[i] = Child(treeIds[i], trueIds[i]);
                whenFalse[i] = Child(treeIds[i], falseIds[i]);
            }
        }

        var walk = new TreeWalk(whenTrue, whenFalse, limits.MaxDepth, mayShareNodes: true);
        foreach (var root in indices.Roots)
        {
            walk.Follow(root);
        }

        int Child(long tree, long node) => indices.Find(tree, node) is var child && isLeaf[child] ? TreeWalk.Leaf : child;
    }

    private static bool IsLeaf(ReadOnlySpan<byte> mode) => mode switch
    {
        var text when text.SequenceEqual("LEAF"u8) => true,
        var text when text.SequenceEqual("BRANCH_LEQ"u8) || text.SequenceEqual("BRANCH_LT"u8) || text.SequenceEqual("BRANCH_GTE"u8)
            || text.SequenceEqual("BRANCH_GT"u8) || text.SequenceEqual("BRANCH_EQ"u8) || text.SequenceEqual("BRANCH_NEQ"u8) => false,
        _ => throw new InvalidDataException($"it has the unknown node mode '{System.Text.Encoding.UTF8.GetString(mode)}'."),
    };

    private static int CountClasses(NodeAttributes attributes)
    {
        var texts = attributes.Utf8s("classlabels_strings").Count;
        var integers = attributes.Ints("classlabels_int64s").Length;
        return texts == 0 || integers == 0
            ? texts + integers
            : throw new InvalidDataException("it has both textual and integer class labels.");
    }
}
