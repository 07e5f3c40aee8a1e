using System.Text.Json.Nodes;
using static ModelApi.Inference.Tests.Fixtures.OnnxBytes;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Bundles of a regression whose tree operator is broken.</summary>
internal static class MalformedTrees
{
    private const string Feature = "x";

    private static readonly string[] TwoBranches = ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"];

    /// <summary>Lists that are one shorter than they should be; the last item is cut off.</summary>
    private static readonly string[] Lists =
    [
        "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids",
        "target_treeids", "target_nodeids", "target_ids",
    ];

    private static readonly string[] EnsembleLists =
        ["nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids", "nodes_trueleafs", "nodes_falseleafs", "leaf_targetids"];

    /// <summary>Attributes of TreeEnsembleRegressor that are wrong.</summary>
    private static readonly (string Kind, string Attribute, object Value, string Fault)[] Values =
    [
        ("values-short", "nodes_values", new float[2], "its list nodes_values has 2 items where 3 are due"),
        ("weights-short", "target_weights", new float[1], "its list target_weights has 1 items where 2 are due"),
        ("modes-short", "nodes_modes", new[] { "BRANCH_LEQ", "LEAF" }, "its list nodes_modes has 2 items where 3 are due"),
        ("tracks-short", "nodes_missing_value_tracks_true", new long[2], "its list nodes_missing_value_tracks_true has 2 items"),
        ("mode-unknown", "nodes_modes", new[] { "BRANCH_LIKE", "LEAF", "LEAF" }, "unknown node mode 'BRANCH_LIKE'"),
        ("mode-all-branches", "nodes_modes", new[] { "BRANCH_LEQ", "BRANCH_LEQ", "BRANCH_LEQ" }, "leads back to itself"),
        ("child-outside", "nodes_truenodeids", new long[] { 3, 0, 0 }, "refers to node 3 of tree 0, which does not exist"),
        ("child-negative", "nodes_falsenodeids", new long[] { -1, 0, 0 }, "refers to node -1 of tree 0, which does not exist"),
        ("child-beyond-int", "nodes_falsenodeids", new long[] { 1L << 32, 0, 0 }, "which does not exist"),
        ("own-child", "nodes_truenodeids", new long[] { 0, 0, 0 }, "leads back to itself"),
        ("node-twice", "nodes_nodeids", new long[] { 0, 1, 1 }, "has node 1 of tree 0 twice"),
        ("trees-mixed", "nodes_treeids", new long[] { 0, 1, 0 }, "the nodes of its trees are mixed"),
        ("feature-negative", "nodes_featureids", new long[] { -1, 0, 0 }, "compares column -1"),
        ("feature-beyond-int", "nodes_featureids", new long[] { 1L << 32, 0, 0 }, "compares column 4294967296"),
        ("weight-of-no-node", "target_nodeids", new long[] { 1, 7 }, "refers to node 7 of tree 0, which does not exist"),
        ("weight-of-no-tree", "target_treeids", new long[] { 0, 9 }, "refers to node 2 of tree 9, which does not exist"),
        ("targets-zero", "n_targets", 0L, "it has 0 classes or targets"),
        ("targets-negative", "n_targets", -1L, "it has -1 classes or targets"),
        ("targets-2-to-31", "n_targets", 1L << 31, "it has 2147483648 classes or targets; at most 10000"),
        ("targets-2-to-32-and-1", "n_targets", (1L << 32) + 1, "at most 10000"),
        ("targets-without-weights", "n_targets", 5000L, "but only 2 weights"),
        ("base-values-long", "base_values", new float[2], "it has 2 base_values for 1"),
        ("values-as-short-tensor", "nodes_values_as_tensor", Tensor("t", [3], new float[2]), "its shape needs 12 bytes"),
    ];

    /// <summary>Attributes of TreeEnsemble that are wrong.</summary>
    private static readonly (string Kind, string Attribute, object Value, string Fault)[] EnsembleValues =
    [
        ("root-outside", "tree_roots", new long[] { 7 }, "refers to node 7, and has 1"),
        ("root-negative", "tree_roots", new long[] { -1 }, "refers to node -1, and has 1"),
        ("root-huge", "tree_roots", new[] { long.MaxValue }, "refers to node 9223372036854775807"),
        ("root-twice", "tree_roots", new long[] { 0, 0 }, "is reached twice"),
        ("without-root", "tree_roots", Array.Empty<long>(), "it has no tree"),
        ("leaf-outside", "nodes_truenodeids", new[] { 1L << 40 }, "refers to leaf 1099511627776, and has 2"),
        ("leaf-negative", "nodes_falsenodeids", new long[] { -1 }, "refers to leaf -1, and has 2"),
        ("mode-unknown", "nodes_modes", Tensor("t", [1], new byte[] { 7 }), "unknown node mode 7"),
        ("modes-long", "nodes_modes", Tensor("t", [2], new byte[2]), "its list nodes_splits has 1 items where 2 are due"),
        ("splits-long", "nodes_splits", Tensor("t", [2], new float[2]), "its list nodes_splits has 2 items where 1 are due"),
        ("weights-short", "leaf_weights", Tensor("t", [1], new float[1]), "its list leaf_weights has 1 items where 2 are due"),
        ("weights-of-false-shape", "leaf_weights", Tensor("t", [2], new float[1]), "its shape needs 8 bytes"),
        ("targets-2-to-31", "n_targets", 1L << 31, "at most 10000"),
        ("targets-zero", "n_targets", 0L, "it has 0 classes or targets"),
        ("feature-negative", "nodes_featureids", new long[] { -1 }, "compares column -1"),
    ];

    public static IEnumerable<MalformedBundle> All()
    {
        foreach (var list in Lists)
        {
            yield return Regressor($"{Slug(list)}-short", "Not a valid TreeEnsembleRegressor: its list", attributes =>
                attributes[list] = ((long[])attributes[list])[..^1]);
        }

        foreach (var (kind, attribute, value, fault) in Values)
        {
            yield return Regressor(kind, fault, attributes => attributes[attribute] = value);
        }

        yield return Regressor("target-outside", "a weight for class or target 2 of 2", attributes =>
        {
            attributes["n_targets"] = 2;
            attributes["target_ids"] = new long[] { 0, 2 };
        });
        yield return Regressor("empty", "its lists of nodes are empty", attributes =>
        {
            foreach (var list in attributes.Keys.Where(key => key is not "n_targets").ToList())
            {
                attributes.Remove(list);
            }
        });
        yield return Regressor("circle", "leads back to itself", attributes =>
        {
            attributes["nodes_modes"] = TwoBranches;
            attributes["nodes_truenodeids"] = new long[] { 1, 0, 0 };
            attributes["nodes_falsenodeids"] = new long[] { 2, 2, 0 };
        });
        yield return Of("TreeEnsembleRegressor", "regressor-deep-1001", "more than 1000 levels", TreeAttributes.Deep(1001));
        yield return Of("TreeEnsembleRegressor", "regressor-deep-50000", "more than 1000 levels", TreeAttributes.Deep(50_000));
        yield return Bundle("regressor-attribute-twice", "has the attribute 'n_targets' twice", [Trees(
            "TreeEnsembleRegressor", [.. Attributes(TreeAttributes.OfRegressor()), Attribute("n_targets", 1)])]);
        yield return Bundle("regressor-attribute-damaged", "damaged attribute", [Trees(
            "TreeEnsembleRegressor",
                [.. Attributes(TreeAttributes.OfRegressor()), Message(5, Text(1, "base_values"), Message(7, new byte[3]))])]);
        yield return Bundle("regressor-in-branch", "leads back to itself",
            [Trees("TreeEnsembleRegressor", Attributes(TreeAttributes.OfRegressor())), Node(
            "If", ["x"], ["y"], Graph("else_branch", Broken(), Value(12, "inner", 1)))]);

        var classifier = TreeAttributes.OfClassifier("a", "b");
        classifier["classlabels_int64s"] = new long[] { 0, 1 };
        yield return Bundle("classifier-of-texts-and-integers", "both textual and integer", Classifier(classifier));
        yield return Bundle("classifier-without-classes", "it has 0 classes", Classifier(TreeAttributes.OfClassifier()));
        classifier = TreeAttributes.OfClassifier("a", "b");
        classifier["class_ids"] = new long[] { 0, -1 };
        yield return Bundle("classifier-class-outside", "class or target -1 of 2", Classifier(classifier));

        foreach (var list in EnsembleLists)
        {
            yield return Ensemble($"{Slug(list)}-short", "Not a valid TreeEnsemble: its list", attributes =>
                attributes[list] = new long[((long[])attributes[list]).Length - 1]);
        }

        foreach (var (kind, attribute, value, fault) in EnsembleValues)
        {
            yield return Ensemble(kind, fault, attributes => attributes[attribute] = value);
        }

        yield return Ensemble("target-outside", "refers to target 2, and has 2", attributes =>
        {
            attributes["n_targets"] = 2;
            attributes["leaf_targetids"] = new long[] { 0, 2 };
        });
        yield return Ensemble("without-sets", "membership_values hold 0 sets", attributes =>
            attributes["nodes_modes"] = Tensor("t", [1], new byte[] { 6 }));
        yield return Ensemble("empty-set", "membership_values hold 0 sets", attributes =>
        {
            attributes["nodes_modes"] = Tensor("t", [1], new byte[] { 6 });
            attributes["membership_values"] = Tensor("t", [1], [float.NaN]);
        });
        yield return Ensemble("two-sets", "membership_values hold 2 sets", attributes =>
        {
            attributes["nodes_modes"] = Tensor("t", [1], new byte[] { 6 });
            attributes["membership_values"] = Tensor("t", [3], [1, float.NaN, 2]);
        });
        yield return Ensemble("lone-leaf-outside", "refers to leaf 2, and has 2", TreeAttributes.Branches((1, 2), (-1, -2), (-1, -1)),
            roots: [0, 2]);
        yield return Ensemble("node-outside", "refers to node 2, and has 2", TreeAttributes.Branches((1, 2), (-1, -2)));
        yield return Ensemble("own-child", "leads back to itself", TreeAttributes.Branches((0, -2)));
        yield return Ensemble("circle", "leads back to itself", TreeAttributes.Branches((1, -1), (-2, 0)));
        yield return Ensemble("shared-branch", "is reached twice", TreeAttributes.Branches((1, 2), (3, -1), (-1, 3), (-1, -2)));
        yield return Ensemble("doubling", "is reached twice", TreeAttributes.Branches(
            [.. Enumerable.Range(0, 60).SelectMany(level => Diamond(3L * level)), (-1, -2)]));
        yield return Ensemble("deep-50000", "more than 1000 levels", TreeAttributes.Branches(
            [.. Enumerable.Range(1, 50_000).Select(next => ((long)next, -1L)), (-1, -2)]));
    }

    /// <summary>A bundle of a regression that is right but for its golden rows' values, which follow from the trees.</summary>
    public static void WriteRegression(TemporaryBundle bundle, int ml, byte[][] nodes)
    {
        bundle.EditManifest(manifest =>
        {
            manifest["task"] = "regression";
            manifest.Remove("classes");
            manifest["features"] = new JsonArray(new JsonObject { ["name"] = Feature, ["type"] = "number", ["example"] = 0 });
            manifest["graphs"] = new JsonArray(new JsonObject { ["file"] = "model.onnx" });
            manifest["outputs"] = new JsonObject { ["value"] = "value" };
        });
        foreach (var file in new[] { "args.json", "performance.json", "reference.json" })
        {
            bundle.Remove(file);
        }

        bundle.Write("golden.jsonl", "{\"input\":{\"x\":0},\"value\":1}\n{\"input\":{\"x\":1},\"value\":2}\n");
        bundle.Write("model.onnx", Model(ml, [], [Value(11, Feature, 1), .. nodes, Value(12, "value", 1)]));
    }

    /// <summary>The version of <c>ai.onnx.ml</c> that has the operator.</summary>
    public static int VersionOf(string type) => type == "TreeEnsemble" ? 5 : 3;

    public static byte[] Trees(string type, byte[][] attributes) => Node(type, [Feature], ["value"], attributes);

    public static byte[][] Attributes(Dictionary<string, object> attributes) =>
        [.. attributes.Select(attribute => Attribute(attribute.Key, attribute.Value))];

    // Two ways from each first branch to the next first branch.
    private static (long True, long False)[] Diamond(long first) =>
        [(first + 1, first + 2), (first + 3, -1), (-1, first + 3)];

    private static byte[] Broken()
    {
        var attributes = TreeAttributes.OfRegressor();
        attributes["nodes_truenodeids"] = new long[3];
        return Node("TreeEnsembleRegressor", [Feature], ["inner"], Attributes(attributes));
    }

    private static byte[][] Classifier(Dictionary<string, object> attributes) =>
        [Node("TreeEnsembleClassifier", [Feature], ["label", "value"], Attributes(attributes))];

    private static MalformedBundle Regressor(string name, string fault, Action<Dictionary<string, object>> change)
    {
        var attributes = TreeAttributes.OfRegressor();
        change(attributes);
        return Of("TreeEnsembleRegressor", $"regressor-{name}", fault, attributes);
    }

    private static MalformedBundle Ensemble(string name, string fault, Action<Dictionary<string, object>> change)
    {
        var attributes = TreeAttributes.OfEnsemble();
        change(attributes);
        return Ensemble(name, fault, attributes);
    }

    private static MalformedBundle Ensemble(string name, string fault, Dictionary<string, object> attributes, long[]? roots = null)
    {
        attributes["tree_roots"] = roots ?? attributes["tree_roots"];
        return Of("TreeEnsemble", $"ensemble-{name}", fault, attributes);
    }

    private static MalformedBundle Of(string type, string name, string fault, Dictionary<string, object> attributes) =>
        Bundle(name, fault, [Trees(type, Attributes(attributes))], VersionOf(type));

    private static MalformedBundle Bundle(string name, string fault, byte[][] nodes, int ml = 3) =>
        new($"tree-{name}", fault, bundle => WriteRegression(bundle, ml, nodes));

    private static string Slug(string list) => list.Replace('_', '-');
}
