using Google.Protobuf;
using Google.Protobuf.Collections;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled.Onnx;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Takes a forest out of an ONNX graph that consists of nothing else.</summary>
/// <remarks>
/// Takes what scikit-learn's forests are exported as: leaves that hold shares of the classes, summed as they are. All else
/// (boosting, other comparisons, missing values that go left) is left to ONNX Runtime. Source: ai.onnx.ml
/// TreeEnsembleClassifier, https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleClassifier.html.
/// </remarks>
internal sealed class ForestReader
{
    private static readonly MessageParser<TreeModel> Parser = TreeModel.Parser.WithDiscardUnknownFields(true);

    private readonly Dictionary<string, TreeAttribute> _attributes;

    private ForestReader(TreeNode node) => _attributes = node.Attribute.ToDictionary(attribute => attribute.Name, StringComparer.Ordinal);

    /// <summary>Reads the forest of a classifier.</summary>
    /// <param name="graph">The graph; to be a forest, its outputs must be the label and the probabilities.</param>
    /// <param name="classes">The classes, in the order of the bundle's probabilities.</param>
    /// <returns>The forest, with a sum for each class, or of two classes for the second alone; null when the graph is something else.</returns>
    public static Forest? Read(GraphFile graph, ClassLabels classes)
    {
        try
        {
            return Parser.ParseFrom(graph.Content).Graph?.Node is [{ OpType: "TreeEnsembleClassifier" } node]
                && node.Output.SequenceEqual(graph.Outputs.Select(output => output.Name), StringComparer.Ordinal)
                ? new ForestReader(node).Read(classes)
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidProtocolBufferException)
        {
            // An attribute that occurs twice, or of another type: what it means, if anything, is for ONNX Runtime to say.
            return null;
        }
    }

    private Forest? Read(ClassLabels classes)
    {
        if (!IsSumOfShares() || !NamesClasses(classes))
        {
            return null;
        }

        IReadOnlyList<long> classIds = Ints("class_ids");
        var weights = Floats("class_weights");
        var outputs = classes.Count;
        if (classes.Count == 2 && classIds.Distinct().Count() == 1)
        {
            // Only where no weight is negative does ONNX take the sum for the probability of the second class.
            outputs = weights.All(weight => weight >= 0) ? 1 : 0;
            classIds = new long[classIds.Count];
        }

        return outputs == 0 ? null : new ForestBuilder
        {
            TreeIds = Ints("nodes_treeids"),
            NodeIds = Ints("nodes_nodeids"),
            FeatureIds = Ints("nodes_featureids"),
            Thresholds = Floats("nodes_values"),
            Modes = Strings("nodes_modes"),
            TrueIds = Ints("nodes_truenodeids"),
            FalseIds = Ints("nodes_falsenodeids"),
            LeafTreeIds = Ints("class_treeids"),
            LeafNodeIds = Ints("class_nodeids"),
            LeafOutputs = classIds,
            LeafWeights = weights,
        }.Build(outputs);
    }

    private bool IsSumOfShares() =>
        (!_attributes.TryGetValue("post_transform", out var transform) || transform.S.Span.SequenceEqual("NONE"u8))
        && !_attributes.Keys.Any(name => name == "base_values" || name.EndsWith("_as_tensor", StringComparison.Ordinal))
        && Ints("nodes_missing_value_tracks_true").All(tracks => tracks == 0);

    private bool NamesClasses(ClassLabels classes) =>
        classes.AreIntegers
            ? Ints("classlabels_int64s").SequenceEqual(Enumerable.Range(0, classes.Count).Select(classes.Integer))
            : Strings("classlabels_strings").Select(label => label.ToStringUtf8()).SequenceEqual(classes.Names, StringComparer.Ordinal);

    private RepeatedField<long> Ints(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Ints : [];

    private RepeatedField<float> Floats(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Floats : [];

    private RepeatedField<ByteString> Strings(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute.Strings : [];
}
