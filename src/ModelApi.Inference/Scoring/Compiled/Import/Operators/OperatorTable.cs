using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>The operators that the compiled engine handles: domain, name, first and last opset, handler.</summary>
/// <remarks>
/// An opset is the version of the operator set that the model imports. The ranges are those in which ONNX Runtime runs the operator
/// and the handler knows its attributes and inputs; see https://onnx.ai/onnx/operators/ for the versions of each operator.
/// </remarks>
internal static class OperatorTable
{
    /// <summary>The newest opset of the plain operators. Check the changes of each operator below before raising it.</summary>
    public const int Newest = 26;

    /// <summary>The newest opset of <c>ai.onnx.ml</c>. Check the changes of each operator below before raising it.</summary>
    public const int NewestMl = 5;

    private const string Plain = "";
    private const string Ml = "ai.onnx.ml";
    private const string Microsoft = "com.microsoft";

    public static readonly IReadOnlyList<Operator> All =
    [
        new(Plain, "Abs", 6, Newest, FunctionOperators.Abs),
        new(Plain, "Add", 7, Newest, ElementOperators.Calculate),
        new(Plain, "And", 7, Newest, ElementOperators.And),
        new(Plain, "ArgMax", 1, Newest, NumberOperators.ArgMax),
        new(Plain, "ArgMin", 1, Newest, NumberOperators.ArgMax),
        new(Plain, "Cast", 6, Newest, NumberOperators.Cast),
        new(Plain, "CastLike", 15, Newest, NumberOperators.Cast),
        new(Plain, "Ceil", 6, Newest, FunctionOperators.Ceil),
        new(Plain, "Clip", 6, Newest, FunctionOperators.Clip),
        new(Plain, "Concat", 4, Newest, ShapeOperators.Concat),
        new(Plain, "Constant", 1, Newest, ConstantOperator.Read),
        new(Plain, "Div", 7, Newest, ElementOperators.Calculate),
        new(Plain, "Elu", 6, Newest, FunctionOperators.Elu),
        new(Plain, "Equal", 11, Newest, ElementOperators.Equal),
        new(Plain, "Exp", 6, Newest, FunctionOperators.Exp),
        new(Plain, "Flatten", 1, Newest, ShapeOperators.Flatten),
        new(Plain, "Floor", 6, Newest, FunctionOperators.Floor),
        new(Plain, "Gather", 1, Newest, ShapeOperators.Gather),
        new(Plain, "Gemm", 7, Newest, LinearOperators.Gemm),
        new(Plain, "Greater", 7, Newest, ElementOperators.Greater),
        new(Plain, "GreaterOrEqual", 12, Newest, ElementOperators.GreaterOrEqual),
        new(Plain, "HardSigmoid", 6, Newest, FunctionOperators.HardSigmoid),
        new(Plain, "HardSwish", 14, Newest, FunctionOperators.HardSwish),
        new(Plain, "Identity", 1, Newest, ShapeOperators.Identity),
        new(Plain, "LeakyRelu", 6, Newest, FunctionOperators.LeakyRelu),
        new(Plain, "Less", 7, Newest, ElementOperators.Less),
        new(Plain, "LessOrEqual", 12, Newest, ElementOperators.LessOrEqual),
        new(Plain, "Log", 6, Newest, FunctionOperators.Log),
        new(Plain, "MatMul", 1, Newest, LinearOperators.MatMul),
        new(Plain, "Max", 6, Newest, ElementOperators.Max),
        new(Plain, "Min", 6, Newest, ElementOperators.Min),
        new(Plain, "Mul", 7, Newest, ElementOperators.Calculate),
        new(Plain, "Neg", 6, Newest, FunctionOperators.Neg),
        new(Plain, "Not", 1, Newest, ElementOperators.Not),
        new(Plain, "Or", 7, Newest, ElementOperators.Or),
        new(Plain, "Pow", 7, Newest, ElementOperators.Pow),
        new(Plain, "Reciprocal", 6, Newest, FunctionOperators.Reciprocal),
        new(Plain, "ReduceL1", 1, Newest, ReduceOperators.SumOfMagnitudes),
        new(Plain, "ReduceL2", 1, Newest, ReduceOperators.Length),
        new(Plain, "ReduceLogSumExp", 1, Newest, ReduceOperators.LogSumOfPowers),
        new(Plain, "ReduceMean", 1, Newest, ReduceOperators.Mean),
        new(Plain, "ReduceProd", 1, Newest, ReduceOperators.Product),
        new(Plain, "ReduceSum", 1, Newest, ReduceOperators.Sum),
        new(Plain, "ReduceSumSquare", 1, Newest, ReduceOperators.SumOfSquares),
        new(Plain, "Relu", 6, Newest, FunctionOperators.Relu),
        new(Plain, "Reshape", 5, Newest, ShapeOperators.Reshape),
        new(Plain, "Selu", 6, Newest, FunctionOperators.Selu),
        new(Plain, "Sigmoid", 6, Newest, FunctionOperators.Sigmoid),
        new(Plain, "Sign", 9, Newest, FunctionOperators.Sign),
        new(Plain, "Slice", 10, Newest, ShapeOperators.Slice),
        new(Plain, "Softmax", 1, Newest, NumberOperators.Softmax),
        new(Plain, "Softplus", 1, Newest, FunctionOperators.Softplus),
        new(Plain, "Softsign", 1, Newest, FunctionOperators.Softsign),
        new(Plain, "Sqrt", 6, Newest, FunctionOperators.Sqrt),
        new(Plain, "Squeeze", 1, Newest, ShapeOperators.Squeeze),
        new(Plain, "StringNormalizer", 10, Newest, TextOperators.Normalize),
        new(Plain, "Sub", 7, Newest, ElementOperators.Calculate),
        new(Plain, "Sum", 6, Newest, ElementOperators.Sum),
        new(Plain, "Tanh", 6, Newest, FunctionOperators.Tanh),
        new(Plain, "TfIdfVectorizer", 9, Newest, TextOperators.Vectorize),
        new(Plain, "Transpose", 1, Newest, ShapeOperators.Transpose),
        new(Plain, "Unsqueeze", 1, Newest, ShapeOperators.Unsqueeze),
        new(Plain, "Where", 9, Newest, ElementOperators.Where),

        new(Ml, "ArrayFeatureExtractor", 1, NewestMl, ShapeOperators.ExtractFeatures),
        new(Ml, "Binarizer", 1, NewestMl, NumberOperators.Binarize),
        new(Ml, "FeatureVectorizer", 1, NewestMl, NumberOperators.Vectorize),
        new(Ml, "Imputer", 1, NewestMl, NumberOperators.Impute),
        new(Ml, "LabelEncoder", 1, NewestMl, LabelEncoder.Encode),
        new(Ml, "LinearClassifier", 1, NewestMl, LinearOperators.Classify),
        new(Ml, "LinearRegressor", 1, NewestMl, LinearOperators.Regress),
        new(Ml, "Normalizer", 1, NewestMl, NumberOperators.Normalize),
        new(Ml, "OneHotEncoder", 1, NewestMl, OneHotEncoder.Encode),
        new(Ml, "Scaler", 1, NewestMl, NumberOperators.Scale),
        new(Ml, "SVMClassifier", 1, NewestMl, SupportVectorOperators.Classify),
        new(Ml, "SVMRegressor", 1, NewestMl, SupportVectorOperators.Regress),
        new(Ml, "TreeEnsemble", 5, NewestMl, TreeOperators.Score),
        new(Ml, "TreeEnsembleClassifier", 1, 4, TreeOperators.Classify),
        new(Ml, "TreeEnsembleRegressor", 1, 4, TreeOperators.Regress),

        new(Microsoft, "ExpandDims", 1, 1, ShapeOperators.ExpandDimensions),
        new(Microsoft, "Tokenizer", 1, 1, TextOperators.Tokenize),

        // A model may have it beside its answer; no operator reads maps.
        new(Ml, "ZipMap", 1, NewestMl, static _ => []),
    ];

    /// <summary>The canonical name of an operator set's domain.</summary>
    public static string Domain(string name) => name == "ai.onnx" ? Plain : name;

    /// <param name="domain">The canonical name of the domain.</param>
    /// <param name="name">The operator's name.</param>
    /// <param name="opset">The version of the domain that the model imports.</param>
    /// <exception cref="NotCompilableException">The operator is not handled, or not in that version.</exception>
    public static OperatorHandler Find(string domain, string name, long opset)
    {
        foreach (var candidate in All)
        {
            if (candidate.Name == name && candidate.Domain == domain)
            {
                return opset >= candidate.First && opset <= candidate.Last
                    ? candidate.Handler
                    : throw new NotCompilableException(
                        $"it has {name} of opset {opset}, and only {candidate.First} to {candidate.Last} are handled");
            }
        }

        throw new NotCompilableException($"it has the operator {(domain is Plain or Ml ? name : $"{domain}.{name}")}");
    }
}
