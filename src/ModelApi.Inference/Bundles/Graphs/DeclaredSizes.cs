namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Finds how many elements a node makes where that follows from constants rather than from the rows.</summary>
/// <remarks>A few bytes of such constants can ask for any amount of memory. Source: https://onnx.ai/onnx/operators/.</remarks>
internal static class DeclaredSizes
{
    private const string Ml = "ai.onnx.ml";

    private static readonly Dictionary<(string Domain, string Operator), Func<GraphNode, NodeAttributes, GraphScope, double>> Sizes = new()
    {
        [("", "ConstantOfShape")] = static (node, _, scope) => Product(Constant(node, 0, scope)),
        [("", "Expand")] = static (node, _, scope) => Product(Constant(node, 1, scope)),
        [("", "Tile")] = static (node, _, scope) => Product(Constant(node, 1, scope)),
        [("", "RandomNormal")] = static (_, attributes, _) => Product(Ints(attributes, "shape")),
        [("", "RandomUniform")] = static (_, attributes, _) => Product(Ints(attributes, "shape")),
        [("", "OneHot")] = static (node, _, scope) => Most(Constant(node, 1, scope)),
        [("", "Range")] = static (node, _, scope) =>
            RangeLength(Constant(node, 0, scope), Constant(node, 1, scope), Constant(node, 2, scope)),
        [("", "Pad")] = static (node, attributes, scope) => Sum(Constant(node, 1, scope) ?? Ints(attributes, "pads")),
        [("", "Resize")] = static (node, _, scope) =>
            Math.Max(Product(Constant(node, 3, scope)), Product(Constant(node, node.Inputs.Count > 2 ? 2 : 1, scope))),
        [("", "Upsample")] = static (node, attributes, scope) =>
            Product(Constant(node, 1, scope) ?? Array.ConvertAll(attributes.Floats("scales"), scale => (double)scale)),
        [("", "HannWindow")] = static (node, _, scope) => Most(Constant(node, 0, scope)),
        [("", "HammingWindow")] = static (node, _, scope) => Most(Constant(node, 0, scope)),
        [("", "BlackmanWindow")] = static (node, _, scope) => Most(Constant(node, 0, scope)),
        [("", "MelWeightMatrix")] = static (node, _, scope) => Most(Constant(node, 0, scope)) * Most(Constant(node, 1, scope)),
        [("", "DFT")] = static (node, _, scope) => Most(Constant(node, 1, scope)),
        [("", "TfIdfVectorizer")] = static (_, attributes, _) => Most(Ints(attributes, "ngram_indexes")),
        [(Ml, "FeatureVectorizer")] = static (_, attributes, _) => Sum(Ints(attributes, "inputdimensions")),
    };

    /// <summary>Whether the size of the operator's output may follow from constants.</summary>
    public static bool Knows(GraphNode node) => Sizes.ContainsKey((node.Domain, node.Operator));

    /// <returns>A lower bound of the number of elements; 0 where nothing follows from constants.</returns>
    public static double Of(GraphNode node, NodeAttributes attributes, GraphScope scope) =>
        Sizes[(node.Domain, node.Operator)](node, attributes, scope);

    private static double[]? Constant(GraphNode node, int input, GraphScope scope) =>
        input < node.Inputs.Count ? scope.Constant(node.Inputs[input]) : null;

    private static double[] Ints(NodeAttributes attributes, string name) =>
        Array.ConvertAll(attributes.Ints(name), integer => (double)integer);

    // -1 stands for a length that follows from another.
    private static double Product(double[]? lengths) =>
        lengths is null ? 0 : lengths.Aggregate(1.0, (product, length) => product * (length < 0 ? 1 : length));

    private static double Sum(double[]? lengths) => lengths?.Where(length => length > 0).Sum() ?? 0;

    private static double Most(double[]? lengths) => lengths is { Length: > 0 } ? lengths.Max() : 0;

    private static double RangeLength(double[]? start, double[]? limit, double[]? step) =>
        start is [var first] && limit is [var last] && step is [var by] && by != 0 ? Math.Max(0, (last - first) / by) : 0;
}
