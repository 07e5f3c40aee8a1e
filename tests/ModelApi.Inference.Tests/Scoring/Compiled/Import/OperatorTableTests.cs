using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.Compiled.Import.Operators;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Import;

public sealed class OperatorTableTests
{
    private static readonly long[] Zero = [0];
    private static readonly long[] One = [1];
    private static readonly string[] Word = ["a"];

    private static readonly (string Name, object Value)[] Stump =
    [
        ("nodes_treeids", new long[] { 0, 0, 0 }),
        ("nodes_nodeids", new long[] { 0, 1, 2 }),
        ("nodes_featureids", new long[] { 0, 0, 0 }),
        ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF" }),
        ("nodes_values", new[] { 1f, 0f, 0f }),
        ("nodes_truenodeids", new long[] { 1, 0, 0 }),
        ("nodes_falsenodeids", new long[] { 2, 0, 0 }),
    ];

    // Each writes the operator between an input x of one column and an output of one column.
    private static readonly Dictionary<string, Func<GraphWriter, string, int, string>> Graphs = new(StringComparer.Ordinal)
    {
        ["Abs"] = (writer, x, _) => writer.Add("Abs", x),
        ["Add"] = (writer, x, _) => writer.Add("Add", [x, writer.Constant([2f])]),
        ["And"] = (writer, x, _) => FromBoolean(writer, writer.Add("And", [ToBoolean(writer, x), ToBoolean(writer, x)])),
        ["ArgMax"] = (writer, x, _) => ToFloat(writer, writer.Add("ArgMax", x, ("axis", 1))),
        ["ArgMin"] = (writer, x, _) => ToFloat(writer, writer.Add("ArgMin", x, ("axis", 1))),
        ["ArrayFeatureExtractor"] = (writer, x, _) => writer.Add("ArrayFeatureExtractor", [x, writer.Constant([0L])]),
        ["Binarizer"] = (writer, x, _) => writer.Add("Binarizer", x, ("threshold", 0.5f)),
        ["Cast"] = (writer, x, _) => ToFloat(writer, writer.Add("Cast", x, ("to", (int)TensorElementType.Double))),
        ["CastLike"] = (writer, x, _) => writer.Add("CastLike", [x, writer.Constant([1f])]),
        ["Ceil"] = (writer, x, _) => writer.Add("Ceil", x),
        ["Clip"] = (writer, x, opset) => opset < 11
            ? writer.Add("Clip", x, ("min", 0f), ("max", 1f))
            : writer.Add("Clip", [x, writer.Constant([0f], []), writer.Constant([1f], [])]),
        ["Concat"] = (writer, x, _) => ToOneColumn(writer, writer.Add("Concat", [x, x], ("axis", 1))),
        ["Constant"] = (writer, x, _) => writer.Add("MatMul", [x, writer.Add("Constant", [], ("value", OneByOne()))]),
        ["Div"] = (writer, x, _) => writer.Add("Div", [x, writer.Constant([2f])]),
        ["Elu"] = (writer, x, _) => writer.Add("Elu", x),
        ["Equal"] = (writer, x, _) => FromBoolean(writer, writer.Add("Equal", [x, writer.Constant([2f])])),
        ["Exp"] = (writer, x, _) => writer.Add("Exp", x),
        ["ExpandDims"] = (writer, x, _) => writer.Add("Flatten", writer.Add("ExpandDims", [x, writer.Int32(1)])),
        ["FeatureVectorizer"] = (writer, x, _) => writer.Add("FeatureVectorizer", x, ("inputdimensions", new long[] { 1 })),
        ["Flatten"] = (writer, x, _) => writer.Add("Flatten", x, ("axis", 1)),
        ["Floor"] = (writer, x, _) => writer.Add("Floor", x),
        ["Gather"] = (writer, x, _) => writer.Add("Gather", [x, writer.Constant([0L])], ("axis", 1)),
        ["Gemm"] = (writer, x, _) => writer.Add("Gemm", [x, writer.Constant([2f], 1, 1), writer.Constant([1f])]),
        ["Greater"] = (writer, x, _) => FromBoolean(writer, writer.Add("Greater", [x, writer.Constant([2f])])),
        ["GreaterOrEqual"] = (writer, x, _) => FromBoolean(writer, writer.Add("GreaterOrEqual", [x, writer.Constant([2f])])),
        ["HardSigmoid"] = (writer, x, _) => writer.Add("HardSigmoid", x),
        ["HardSwish"] = (writer, x, _) => writer.Add("HardSwish", x),
        ["Identity"] = (writer, x, _) => writer.Add("Identity", x),
        ["Imputer"] = (writer, x, _) =>
            writer.Add("Imputer", x, ("imputed_value_floats", new[] { 1f }), ("replaced_value_float", float.NaN)),
        ["LabelEncoder"] = (writer, x, opset) => ToFloat(writer, opset == 1
            ? writer.Add("LabelEncoder", x, ("classes_strings", new[] { "a", "b" }))
            : writer.Add("LabelEncoder", x, ("keys_strings", new[] { "a", "b" }), ("values_floats", new[] { 1f, 2f }))),
        ["LeakyRelu"] = (writer, x, _) => writer.Add("LeakyRelu", x),
        ["Less"] = (writer, x, _) => FromBoolean(writer, writer.Add("Less", [x, writer.Constant([2f])])),
        ["LessOrEqual"] = (writer, x, _) => FromBoolean(writer, writer.Add("LessOrEqual", [x, writer.Constant([2f])])),
        ["LinearClassifier"] = (writer, x, _) => ToOneColumn(writer, writer.AddTwo(
            "LinearClassifier",
            x,
            ("coefficients", new[] { 1f, 2f }),
            ("intercepts", new[] { 0f, 1f }),
            ("classlabels_ints", new long[] { 0, 1 })).Second),
        ["LinearRegressor"] = (writer, x, _) =>
            writer.Add("LinearRegressor", x, ("coefficients", new[] { 2f }), ("intercepts", new[] { 1f }), ("targets", 1)),
        ["Log"] = (writer, x, _) => writer.Add("Log", x),
        ["MatMul"] = (writer, x, _) => writer.Add("MatMul", [x, writer.Constant([2f], 1, 1)]),
        ["Max"] = (writer, x, _) => writer.Add("Max", [x, writer.Constant([2f])]),
        ["Min"] = (writer, x, _) => writer.Add("Min", [x, writer.Constant([2f])]),
        ["Mul"] = (writer, x, _) => writer.Add("Mul", [x, writer.Constant([2f])]),
        ["Neg"] = (writer, x, _) => writer.Add("Neg", x),
        ["Normalizer"] = (writer, x, _) => writer.Add("Normalizer", x, ("norm", "L1")),
        ["Not"] = (writer, x, _) => FromBoolean(writer, writer.Add("Not", ToBoolean(writer, x))),
        ["OneHotEncoder"] = (writer, x, _) => writer.Add("Flatten", writer.Add("OneHotEncoder", x, ("cats_int64s", new long[] { 1 }))),
        ["Or"] = (writer, x, _) => FromBoolean(writer, writer.Add("Or", [ToBoolean(writer, x), ToBoolean(writer, x)])),
        ["Pow"] = (writer, x, _) => writer.Add("Pow", [x, writer.Constant([2f])]),
        ["Reciprocal"] = (writer, x, _) => writer.Add("Reciprocal", x),
        ["ReduceL1"] = (writer, x, opset) => Reduce(writer, "ReduceL1", x, opset >= 18),
        ["ReduceL2"] = (writer, x, opset) => Reduce(writer, "ReduceL2", x, opset >= 18),
        ["ReduceLogSumExp"] = (writer, x, opset) => Reduce(writer, "ReduceLogSumExp", x, opset >= 18),
        ["ReduceMean"] = (writer, x, opset) => Reduce(writer, "ReduceMean", x, opset >= 18),
        ["ReduceProd"] = (writer, x, opset) => Reduce(writer, "ReduceProd", x, opset >= 18),
        ["ReduceSum"] = (writer, x, opset) => Reduce(writer, "ReduceSum", x, opset >= 13),
        ["ReduceSumSquare"] = (writer, x, opset) => Reduce(writer, "ReduceSumSquare", x, opset >= 18),
        ["Relu"] = (writer, x, _) => writer.Add("Relu", x),
        ["Reshape"] = (writer, x, _) => writer.Add("Reshape", [x, writer.Constant([-1L, 1L])]),
        ["Scaler"] = (writer, x, _) => ToFloat(writer, x),
        ["Selu"] = (writer, x, _) => writer.Add("Selu", x),
        ["Sigmoid"] = (writer, x, _) => writer.Add("Sigmoid", x),
        ["Sign"] = (writer, x, _) => writer.Add("Sign", x),
        ["Slice"] = (writer, x, _) =>
            writer.Add("Slice", [x, writer.Constant([0L]), writer.Constant([1L]), writer.Constant([1L])]),
        ["Softmax"] = (writer, x, _) => writer.Add("Softmax", x, ("axis", 1)),
        ["Softplus"] = (writer, x, _) => writer.Add("Softplus", x),
        ["Softsign"] = (writer, x, _) => writer.Add("Softsign", x),
        ["Sqrt"] = (writer, x, _) => writer.Add("Sqrt", x),
        ["Squeeze"] = SqueezeAgain,
        ["StringNormalizer"] = (writer, x, _) => Count(writer, writer.Add(
            "StringNormalizer", ToVector(writer, x), ("case_change_action", "LOWER"), ("is_case_sensitive", 0), ("locale", "C"))),
        ["Sub"] = (writer, x, _) => writer.Add("Sub", [x, writer.Constant([2f])]),
        ["Sum"] = (writer, x, _) => writer.Add("Sum", [x, writer.Constant([2f])]),
        ["SVMClassifier"] = (writer, x, _) => ToOneColumn(writer, writer.AddTwo(
            "SVMClassifier",
            x,
            ("classlabels_ints", new long[] { 0, 1 }),
            ("vectors_per_class", new long[] { 1, 1 }),
            ("support_vectors", new[] { 1f, 2f }),
            ("coefficients", new[] { 1f, -1f }),
            ("rho", new[] { 0.5f }),
            ("kernel_type", "RBF"),
            ("kernel_params", new[] { 1f, 0f, 3f })).Second),
        ["SVMRegressor"] = (writer, x, _) => writer.Add(
            "SVMRegressor",
            x,
            ("n_supports", 2),
            ("support_vectors", new[] { 1f, 2f }),
            ("coefficients", new[] { 1f, -1f }),
            ("rho", new[] { 0.5f }),
            ("kernel_type", "RBF"),
            ("kernel_params", new[] { 1f, 0f, 3f })),
        ["Tanh"] = (writer, x, _) => writer.Add("Tanh", x),
        ["TfIdfVectorizer"] = (writer, x, _) => Count(writer, ToVector(writer, x)),
        ["Tokenizer"] = (writer, x, _) => Count(writer, ToVector(writer, x)),
        ["Transpose"] = (writer, x, _) => writer.Add("MatMul", [x, writer.Add("Transpose", [writer.Constant([2f], 1, 1)])]),
        ["TreeEnsemble"] = (writer, x, _) => writer.Add(
            "TreeEnsemble",
            x,
            ("nodes_modes", GraphWriter.Bytes([0])),
            ("nodes_splits", GraphWriter.Floats([0.5])),
            ("nodes_featureids", new long[] { 0 }),
            ("nodes_truenodeids", new long[] { 0 }),
            ("nodes_falsenodeids", new long[] { 1 }),
            ("nodes_trueleafs", new long[] { 1 }),
            ("nodes_falseleafs", new long[] { 1 }),
            ("tree_roots", new long[] { 0 }),
            ("leaf_targetids", new long[] { 0, 0 }),
            ("leaf_weights", GraphWriter.Floats([1, 2])),
            ("n_targets", 1)),
        ["TreeEnsembleClassifier"] = (writer, x, _) => ToOneColumn(writer, writer.AddTwo(
            "TreeEnsembleClassifier",
            x,
            [
                .. Stump,
                ("classlabels_int64s", new long[] { 0, 1 }),
                ("class_treeids", new long[] { 0, 0 }),
                ("class_nodeids", new long[] { 1, 2 }),
                ("class_ids", new long[] { 0, 0 }),
                ("class_weights", new[] { 0.25f, 0.75f }),
            ]).Second),
        ["TreeEnsembleRegressor"] = (writer, x, _) => writer.Add(
            "TreeEnsembleRegressor",
            x,
            [
                .. Stump,
                ("n_targets", 1),
                ("target_treeids", new long[] { 0, 0 }),
                ("target_nodeids", new long[] { 1, 2 }),
                ("target_ids", new long[] { 0, 0 }),
                ("target_weights", new[] { 1f, 2f }),
            ]),
        ["Unsqueeze"] = SqueezeAgain,
        ["Where"] = (writer, x, _) => writer.Add("Where", [ToBoolean(writer, x), x, writer.Constant([2f])]),
    };

    // Maps are never part of the answer, so no graph can depend on the handler of ZipMap.
    public static TheoryData<string> Names => [.. OperatorTable.All.Select(candidate => candidate.Name).Where(name => name != "ZipMap")];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operator_is_compiled_in_exactly_the_opsets_that_ONNX_Runtime_runs(string name)
    {
        var isMl = OperatorTable.All.Single(candidate => candidate.Name == name).Domain == "ai.onnx.ml";
        var opsets = Enumerable.Range(1, (isMl ? OperatorTable.NewestMl : OperatorTable.Newest) + 1).ToList();

        var expected = opsets.Where(opset => RunsInOnnxRuntime(Graph(name, isMl, opset))).ToList();
        var compiled = opsets.Where(opset => TryCompile(Graph(name, isMl, opset), out _)).ToList();

        Assert.Equal(expected, compiled);
    }

    [Theory]
    [InlineData("Gemm", false, 3, "it has Gemm of opset 3, and only 7 to 26 are handled")]
    [InlineData("Gemm", false, 27, "it has Gemm of opset 27, and only 7 to 26 are handled")]
    [InlineData("TreeEnsembleRegressor", true, 5, "it has TreeEnsembleRegressor of opset 5, and only 1 to 4 are handled")]
    public void An_operator_of_another_opset_is_refused_with_the_range(string name, bool isMl, int opset, string expected)
    {
        Assert.False(TryCompile(Graph(name, isMl, opset), out var reason));
        Assert.Equal(expected, reason);
    }

    private static Bundle Graph(string name, bool isMl, int opset)
    {
        var (type, element) = name is "LabelEncoder" or "StringNormalizer" or "TfIdfVectorizer" or "Tokenizer"
            ? (FeatureType.String, TensorElementType.String)
            : (FeatureType.Number, TensorElementType.Float);
        var writer = new GraphWriter(isMl ? 13 : opset, isMl ? opset : 1);
        writer.Output(Graphs[name](writer, writer.Input("x", element), opset), "value", TensorElementType.Float, 1);
        var feature = new Feature { Name = "x", Type = type, Nullable = true, Example = null };
        return MemoryBundle.Create(new Signature([feature]) { Task = ModelTask.Regression }, [writer.ToBytes()]);
    }

    private static bool RunsInOnnxRuntime(Bundle bundle)
    {
        try
        {
            new OnnxRuntimeScorer(bundle).Dispose();
            return true;
        }
        catch (BundleException)
        {
            return false;
        }
    }

    private static bool TryCompile(Bundle bundle, out string reason)
    {
        using var scorer = CompiledScorer.TryCompile(bundle, out reason);
        return scorer is not null;
    }

    private static string ToVector(GraphWriter writer, string value) => writer.Add("Reshape", [value, writer.Constant([-1L])]);

    // The number of times that a text has the word "a".
    private static string Count(GraphWriter writer, string texts)
    {
        var tokens = writer.Add("Tokenizer", texts, ("tokenexp", "[a-z]+"), ("mark", 0), ("mincharnum", 1), ("pad_value", "#"));
        return writer.Add(
            "TfIdfVectorizer",
            writer.Add("Flatten", tokens),
            ("mode", "TF"),
            ("min_gram_length", 1),
            ("max_gram_length", 1),
            ("max_skip_count", 0),
            ("ngram_counts", Zero),
            ("ngram_indexes", Zero),
            ("pool_strings", Word));
    }

    // The dimension is an attribute in older opsets, and an input since.
    private static string Reduce(GraphWriter writer, string name, string value, bool isInput) => isInput
        ? writer.Add(name, [value, writer.Constant([1L])])
        : writer.Add(name, value, ("axes", One));

    private static string ToBoolean(GraphWriter writer, string value) => writer.Add("Cast", value, ("to", (int)TensorElementType.Bool));

    private static string FromBoolean(GraphWriter writer, string value) => writer.Add("Cast", value, ("to", (int)TensorElementType.Float));

    private static string ToFloat(GraphWriter writer, string value) =>
        writer.Add("Scaler", value, ("offset", Floats(0)), ("scale", Floats(1)));

    private static string ToOneColumn(GraphWriter writer, string value) =>
        writer.Add("LinearRegressor", value, ("coefficients", Floats(1, 2)), ("intercepts", Floats(0)), ("targets", 1));

    private static float[] Floats(params float[] values) => values;

    // The axes are an attribute before opset 13, and an input since.
    private static string SqueezeAgain(GraphWriter writer, string x, int opset)
    {
        if (opset < 13)
        {
            var axes = ("axes", (object)new long[] { 1 });
            return writer.Add("Squeeze", writer.Add("Unsqueeze", x, axes), axes);
        }

        var axis = writer.Constant([1L]);
        return writer.Add("Squeeze", [writer.Add("Unsqueeze", [x, axis]), axis]);
    }

    private static OnnxTensor OneByOne()
    {
        var tensor = GraphWriter.Floats([2]);
        tensor.Dims.Insert(0, 1);
        return tensor;
    }
}
