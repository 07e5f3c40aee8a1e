using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles.Graphs;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Transforms;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Reads TreeEnsembleClassifier and TreeEnsembleRegressor (ai.onnx.ml 1 and 3).</summary>
/// <remarks>
/// <see cref="TreeTable"/> has checked the lists, and says where ONNX Runtime goes beyond the standard.
/// </remarks>
internal static class TreeReader
{
    /// <param name="attributes">The operator's attributes.</param>
    /// <param name="isClassifier">Whether the operator is the classifier.</param>
    /// <param name="isDouble">Whether the input has 64-bit floats.</param>
    public static TreeEnsemble Read(NodeAttributes attributes, bool isClassifier, bool isDouble)
    {
        var prefix = isClassifier ? "class" : "target";
        var indices = new NodeIndex(attributes.Ints("nodes_treeids"), attributes.Ints("nodes_nodeids"));
        var nodes = ReadNodes(attributes, isDouble, indices);
        var targets = !isClassifier ? (int)attributes.Int("n_targets", 0)
            : attributes.Utf8s("classlabels_strings") is { Count: > 0 } texts ? texts.Count
            : attributes.Ints("classlabels_int64s").Length;
        var treeIds = attributes.Ints($"{prefix}_treeids");
        var nodeIds = attributes.Ints($"{prefix}_nodeids");
        var classIds = attributes.Ints($"{prefix}_ids");
        var values = Numbers(attributes, $"{prefix}_weights", isDouble);
        var weights = Attach(nodes, indices, treeIds, nodeIds, classIds, values, targets);
        return new TreeEnsemble
        {
            Nodes = nodes,
            Weights = weights,
            Roots = indices.Roots,
            Targets = targets,
            IsDouble = isDouble,
            Aggregate = isClassifier ? Aggregate.Sum : ParseAggregate(attributes.Text("aggregate_function", "SUM")),
            Transform = PostTransforms.Find(attributes.Text("post_transform", "NONE")),
            BaseValues = Numbers(attributes, "base_values", isDouble),
            IsClassifier = isClassifier,
            IsBinary = isClassifier && targets == 2 && classIds.Length > 0 && Array.TrueForAll(classIds, id => id == classIds[0]),
            HasNoNegativeWeight = !Array.Exists(values, value => value < 0),
        };
    }

    private static TreeNode[] ReadNodes(NodeAttributes attributes, bool isDouble, NodeIndex indices)
    {
        var treeIds = attributes.Ints("nodes_treeids");
        var features = attributes.Ints("nodes_featureids");
        var modes = attributes.Utf8s("nodes_modes");
        var trueIds = attributes.Ints("nodes_truenodeids");
        var falseIds = attributes.Ints("nodes_falsenodeids");
        var tracks = attributes.Ints("nodes_missing_value_tracks_true");
        var thresholds = Numbers(attributes, "nodes_values", isDouble);
        var count = treeIds.Length;
        var nodes = new TreeNode[count];
        for (var i = 0; i < count; i++)
        {
            var isLeaf = modes[i].SequenceEqual("LEAF"u8);
            nodes[i] = new TreeNode(
                isLeaf,
                isLeaf ? default : ParseMode(modes[i]),
                isLeaf ? 0 : (int)features[i],
                thresholds[i],
                i < tracks.Length && tracks[i] == 1,
                isLeaf ? 0 : indices.Find(treeIds[i], trueIds[i]),
                isLeaf ? 0 : indices.Find(treeIds[i], falseIds[i]),
                0,
                0);
        }

        return nodes;
    }

    private static LeafWeight[] Attach(
        TreeNode[] nodes, NodeIndex indices, long[] treeIds, long[] nodeIds, long[] classIds, double[] values, int targets)
    {
        // Counting sort by node, which keeps the order of a leaf's weights.
        var owners = new int[values.Length];
        var counts = new int[nodes.Length];
        for (var i = 0; i < owners.Length; i++)
        {
            owners[i] = indices.Find(treeIds[i], nodeIds[i]);
            counts[owners[i]] += nodes[owners[i]].IsLeaf ? 1 : 0;
        }

        var at = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = nodes[i] with { FirstWeight = at, Weights = counts[i] };
            at += counts[i];
            counts[i] = nodes[i].FirstWeight;
        }

        var weights = new LeafWeight[at];
        for (var i = 0; i < owners.Length; i++)
        {
            if (nodes[owners[i]].IsLeaf)
            {
                weights[counts[owners[i]]++] = new LeafWeight(targets == 1 ? 0 : (int)classIds[i], values[i]);
            }
        }

        return weights;
    }

    /// <summary>Reads numbers from a list of 32-bit floats or from a tensor of 32-bit or 64-bit floats.</summary>
    private static double[] Numbers(NodeAttributes attributes, string name, bool isDouble)
    {
        if (attributes.Tensor($"{name}_as_tensor") is not { Length: > 0 } tensor)
        {
            var floats = attributes.Floats(name);
            var numbers = new double[floats.Length];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = floats[i];
            }

            return numbers;
        }

        return (tensor.Type == TensorElementType.Double) == isDouble
            ? tensor.Numbers
            : throw new NotCompilableException($"its {name} differ in type from its input");
    }

    private static BranchMode ParseMode(ReadOnlySpan<byte> mode) => mode switch
    {
        var text when text.SequenceEqual("BRANCH_LEQ"u8) => BranchMode.LessOrEqual,
        var text when text.SequenceEqual("BRANCH_LT"u8) => BranchMode.Less,
        var text when text.SequenceEqual("BRANCH_GTE"u8) => BranchMode.GreaterOrEqual,
        var text when text.SequenceEqual("BRANCH_GT"u8) => BranchMode.Greater,
        var text when text.SequenceEqual("BRANCH_EQ"u8) => BranchMode.Equal,
        var text when text.SequenceEqual("BRANCH_NEQ"u8) => BranchMode.NotEqual,
        _ => throw new NotCompilableException($"it has the unknown node mode '{System.Text.Encoding.UTF8.GetString(mode)}'"),
    };

    private static Aggregate ParseAggregate(string name) => name switch
    {
        "SUM" => Aggregate.Sum,
        "AVERAGE" => Aggregate.Average,
        "MIN" => Aggregate.Minimum,
        "MAX" => Aggregate.Maximum,
        _ => throw new NotCompilableException($"it has the unknown aggregate function '{name}'"),
    };
}
