namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Attributes of tree operators: one tree that compares column 0 with 0.5 and answers 1 or 2.</summary>
internal static class TreeAttributes
{
    public static Dictionary<string, object> OfRegressor() => new()
    {
        ["n_targets"] = 1,
        ["nodes_treeids"] = new long[3],
        ["nodes_nodeids"] = new long[] { 0, 1, 2 },
        ["nodes_featureids"] = new long[3],
        ["nodes_modes"] = new[] { "BRANCH_LEQ", "LEAF", "LEAF" },
        ["nodes_truenodeids"] = new long[] { 1, 0, 0 },
        ["nodes_falsenodeids"] = new long[] { 2, 0, 0 },
        ["nodes_values"] = new[] { 0.5f, 0, 0 },
        ["target_treeids"] = new long[2],
        ["target_nodeids"] = new long[] { 1, 2 },
        ["target_ids"] = new long[2],
        ["target_weights"] = new[] { 1f, 2f },
    };

    public static Dictionary<string, object> OfClassifier(params string[] classes)
    {
        var attributes = OfRegressor().Where(attribute => attribute.Key != "n_targets")
            .ToDictionary(attribute => attribute.Key.Replace("target_", "class_", StringComparison.Ordinal), attribute => attribute.Value);
        attributes["classlabels_strings"] = classes;
        return attributes;
    }

    /// <summary>Of TreeEnsemble, which lists branches and leaves apart.</summary>
    public static Dictionary<string, object> OfEnsemble() => new()
    {
        ["n_targets"] = 1,
        ["tree_roots"] = new long[1],
        ["nodes_modes"] = OnnxBytes.Tensor("modes", [1], new byte[1]),
        ["nodes_splits"] = OnnxBytes.Tensor("splits", [1], [0.5f]),
        ["nodes_featureids"] = new long[1],
        ["nodes_truenodeids"] = new long[] { 0 },
        ["nodes_falsenodeids"] = new long[] { 1 },
        ["nodes_trueleafs"] = new long[] { 1 },
        ["nodes_falseleafs"] = new long[] { 1 },
        ["leaf_targetids"] = new long[2],
        ["leaf_weights"] = OnnxBytes.Tensor("weights", [2], [1f, 2f]),
    };

    /// <summary>One tree of branches below each other, the last with two leaves.</summary>
    public static Dictionary<string, object> Deep(int depth)
    {
        long[] nodes = [.. Enumerable.Range(0, (2 * depth) + 1).Select(node => (long)node)];
        long[] leaves = nodes[depth..];
        var attributes = OfRegressor();
        attributes["nodes_treeids"] = new long[nodes.Length];
        attributes["nodes_nodeids"] = nodes;
        attributes["nodes_featureids"] = new long[nodes.Length];
        attributes["nodes_modes"] = nodes.Select(node => node < depth ? "BRANCH_LEQ" : "LEAF").ToArray();
        attributes["nodes_truenodeids"] = nodes.Select(node => node >= depth ? 0 : node + 1 < depth ? node + 1 : 2 * depth).ToArray();
        attributes["nodes_falsenodeids"] = nodes.Select(node => node >= depth ? 0 : depth + node).ToArray();
        attributes["nodes_values"] = nodes.Select(node => node < depth ? 0.5f : 0).ToArray();
        attributes["target_treeids"] = new long[leaves.Length];
        attributes["target_nodeids"] = leaves;
        attributes["target_ids"] = new long[leaves.Length];
        attributes["target_weights"] = leaves.Select(leaf => leaf == depth ? 2f : 1f).ToArray();
        return attributes;
    }

    /// <summary>Branches of TreeEnsemble, given by the numbers of their children; -1 is leaf 0, and -2 is leaf 1.</summary>
    public static Dictionary<string, object> Branches(params (long True, long False)[] children)
    {
        var attributes = OfEnsemble();
        attributes["nodes_modes"] = OnnxBytes.Tensor("modes", [children.Length], new byte[children.Length]);
        attributes["nodes_splits"] = OnnxBytes.Tensor("splits", [children.Length], new float[children.Length]);
        attributes["nodes_featureids"] = new long[children.Length];
        attributes["nodes_truenodeids"] = children.Select(child => child.True < 0 ? -1 - child.True : child.True).ToArray();
        attributes["nodes_falsenodeids"] = children.Select(child => child.False < 0 ? -1 - child.False : child.False).ToArray();
        attributes["nodes_trueleafs"] = children.Select(child => child.True < 0 ? 1L : 0).ToArray();
        attributes["nodes_falseleafs"] = children.Select(child => child.False < 0 ? 1L : 0).ToArray();
        return attributes;
    }
}
