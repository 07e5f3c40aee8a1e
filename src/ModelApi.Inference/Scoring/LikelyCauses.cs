using Google.Protobuf;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring;

/// <summary>Known faults of converters that a graph may have, by the operators that it contains.</summary>
/// <remarks>Seen with skl2onnx and onnxmltools, where ONNX Runtime gives other answers than the trainer's library.</remarks>
internal static class LikelyCauses
{
    /// <summary>The causes, the likeliest first, each a sentence or two that say what to do.</summary>
    public static IReadOnlyList<string> Of(Bundle bundle)
    {
        var nodes = new List<OnnxNode>();
        foreach (var step in bundle.Steps)
        {
            try
            {
                nodes.AddRange(OnnxModel.Parser.WithDiscardUnknownFields(true).ParseFrom(step.Graph.Content).Graph.Node);
            }
            catch (InvalidProtocolBufferException)
            {
                // An engine has loaded the graph, so it has no cause that could be told from its operators.
                return [];
            }
        }

        return [.. Find(nodes, bundle.Manifest.Signature)];
    }

    private static IEnumerable<string> Find(List<OnnxNode> nodes, Signature signature)
    {
        var hasTrees = nodes.Exists(node => node.OpType.StartsWith("TreeEnsemble", StringComparison.Ordinal));
        if (hasTrees && Has("Scaler"))
        {
            yield return "Likely cause: numbers are scaled before trees, in 32-bit floats, so a value on a threshold falls to the other "
                + "side. Trees need no scaling: leave the scaler out, or scale for linear models and networks only.";
        }

        if (Has("Tokenizer") && nodes.Exists(SplitsCharacters))
        {
            yield return "Likely cause: TF-IDF of characters (analyzer='char') is converted with other runs of white space. Use words, or "
                + "normalise white space before training and in the request.";
        }

        if (Has("TfIdfVectorizer") && Has("Log"))
        {
            yield return "Likely cause: sublinear_tf=True is converted to log(1 + tf) in the place of 1 + log(tf). Train with "
                + "sublinear_tf=False.";
        }
        else if (Has("Tokenizer"))
        {
            yield return "Likely cause: the words are split otherwise. Give the vectoriser token_pattern=r'[a-zA-Z0-9_]+' and the "
                + "converter the same as 'tokenexp'.";
        }

        if (Has("ArgMin"))
        {
            yield return "Likely cause: an isotonic calibration (CalibratedClassifierCV(method='isotonic')) is converted to steps. Use "
                + "method='sigmoid'.";
        }

        if (hasTrees && nodes.Exists(node => HasAttribute(node, "nodes_missing_value_tracks_true")))
        {
            yield return "Likely cause: categorical splits of histogram gradient boosting (categorical_features) are ignored by the "
                + "converter. Encode the categories with OneHotEncoder or OrdinalEncoder and leave categorical_features out.";
        }

        if (Has("Scan") && Has("TopK"))
        {
            yield return "Likely cause: KNeighbors with weights='distance' is converted wrongly. Use weights='uniform'.";
        }

        if (hasTrees && signature.Task == ModelTask.Regression && !Has("Sigmoid"))
        {
            yield return "Likely cause, of XGBRegressor(objective='reg:logistic'): the converter leaves the sigmoid out.";
        }

        yield return "Otherwise, golden rows may come from another fit or version of the model; or, where the differences are small, "
            + "32-bit floats round: export in float64, or widen the tolerance (up to 0.001) and say why: with --tolerance and "
            + "--tolerance-reason of 'modelapi pack', or 'tolerance' and 'toleranceReason' of model.json.";

        bool Has(string operation) => nodes.Exists(node => node.OpType == operation);
    }

    private static bool HasAttribute(OnnxNode node, string name) => Attributes(node).Any(attribute => attribute.Name == name);

    private static bool SplitsCharacters(OnnxNode node) => node.OpType == "Tokenizer"
        && Attributes(node).Any(attribute => attribute.Name == "tokenexp" && attribute.S.ToStringUtf8() == ".");

    private static IEnumerable<OnnxAttribute> Attributes(OnnxNode node) =>
        node.Attribute.Select(OnnxAttribute.Parser.WithDiscardUnknownFields(true).ParseFrom);
}
