using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Scoring.Compiled.Graphs.Onnx;
using ModelApi.Inference.Scoring.Compiled.Operators;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Graphs;

/// <summary>Reads one graph: each node becomes columns that follow from the features, or a stage of the plan where that is not enough.</summary>
/// <remarks>Only what leads to a wanted output is read, so inputs that nothing depends on vanish.</remarks>
internal sealed class GraphCompiler
{
    private readonly PlanBuilder _plan;
    private readonly Dictionary<string, long> _opsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledNode> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledTensor> _constants = new(StringComparer.Ordinal);
    private readonly Func<string, Value?> _inputs;

    // By name: a Value, a Constant, or null for an output that nothing can read.
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <param name="content">The ONNX file.</param>
    /// <param name="inputs">What feeds an input of that name; null when there is no such input.</param>
    /// <param name="plan">Receives the stages.</param>
    public GraphCompiler(byte[] content, Func<string, Value?> inputs, PlanBuilder plan)
    {
        _plan = plan;
        _inputs = inputs;
        var model = CompiledModel.Parser.ParseFrom(content);
        foreach (var opset in model.OpsetImport)
        {
            _opsets[Domain(opset.Domain)] = opset.Version;
        }

        foreach (var tensor in model.Graph.Initializer)
        {
            _constants[tensor.Name] = tensor;
        }

        foreach (var node in model.Graph.Node)
        {
            foreach (var output in node.Output)
            {
                if (output.Length > 0)
                {
                    _producers[output] = node;
                }
            }
        }
    }

    /// <summary>An output, with all that leads to it.</summary>
    /// <exception cref="NotCompilableException">Something that leads to it has no plan.</exception>
    public Value Output(string name) =>
        Find(name) as Value ?? throw new NotCompilableException($"its output '{name}' does not follow from the features");

    private object? Find(string name)
    {
        if (_values.TryGetValue(name, out var known))
        {
            return known ?? throw new NotCompilableException($"'{name}' follows from itself, or is of a kind that nothing can be computed from");
        }

        if (_inputs(name) is { } input)
        {
            return _values[name] = input;
        }

        if (_constants.TryGetValue(name, out var constant))
        {
            return _values[name] = Constant.Read(constant);
        }

        if (!_producers.TryGetValue(name, out var node))
        {
            throw new NotCompilableException($"nothing computes '{name}'");
        }

        // Until it is known: a graph that goes round in a circle must not be followed for ever, nor a very long one off the stack.
        _values[name] = null;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var results = Run(node);
        for (var i = 0; i < node.Output.Count; i++)
        {
            _values[node.Output[i]] = i < results.Length ? results[i] : null;
        }

        return _values[name];
    }

    private object?[] Run(CompiledNode message)
    {
        if (message.Domain == "" && message.OpType == "Constant")
        {
            return [ReadConstant(new Attributes(message))];
        }

        var inputs = new object?[message.Input.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = message.Input[i].Length == 0 ? null : Find(message.Input[i]);
        }

        var domain = Domain(message.Domain);
        var node = new Node(message, _opsets.GetValueOrDefault(domain, 1), inputs, _plan);
        return domain switch
        {
            "" => [RunPlain(node)],
            "ai.onnx.ml" => RunMachineLearning(node),
            _ => throw new NotCompilableException($"it has the operator {domain}.{message.OpType}"),
        };
    }

    private static Value RunPlain(Node node) => node.Operator switch
    {
        "Identity" => node.Value(0),
        "Concat" => Shapes.Concat(node),
        "Reshape" => Shapes.Reshape(node),
        "Flatten" => Shapes.Flatten(node),
        "Squeeze" => Shapes.Squeeze(node),
        "Unsqueeze" => Shapes.Unsqueeze(node),
        "Gather" => Shapes.Gather(node),
        "Cast" => Numbers.Cast(node),
        "Add" or "Sub" or "Mul" or "Div" => Numbers.Calculate(node),
        "Sigmoid" => Numbers.Sigmoid(node),
        "Softmax" => Numbers.Softmax(node),
        "ArgMax" => Numbers.ArgMax(node),
        "Gemm" => Models.Gemm(node),
        "MatMul" => Models.MatMul(node),
        _ => throw Unknown(node),
    };

    private static object?[] RunMachineLearning(Node node) => node.Operator switch
    {
        "ArrayFeatureExtractor" => [Shapes.ExtractFeatures(node)],
        "Imputer" => [Numbers.Impute(node)],
        "Scaler" => [Numbers.Scale(node)],
        "Normalizer" => [Numbers.Normalize(node)],
        "Binarizer" => [Numbers.Binarize(node)],
        "FeatureVectorizer" => [Numbers.Vectorize(node)],
        "OneHotEncoder" => [Categories.EncodeOneHot(node)],
        "LabelEncoder" => [Categories.EncodeLabels(node)],
        "LinearClassifier" => Models.ClassifyLinearly(node),
        "LinearRegressor" => [Models.RegressLinearly(node)],
        "TreeEnsembleClassifier" => Models.ClassifyByTrees(node),
        "TreeEnsembleRegressor" => [Models.RegressByTrees(node)],
        "TreeEnsemble" => [Models.ScoreTrees(node)],

        // Maps are not what the answer is read from, and no operator here takes them.
        "ZipMap" => [],
        _ => throw Unknown(node),
    };

    private static Constant ReadConstant(Attributes attributes) =>
        attributes.Tensor("value")
        ?? (attributes.Ints("value_ints") is { Length: > 0 } integers ? new Constant(TensorElementType.Int64, [integers.Length], [.. integers.Select(integer => (double)integer)], [])
            : attributes.Floats("value_floats") is { Length: > 0 } floats ? new Constant(TensorElementType.Float, [floats.Length], [.. floats.Select(number => (double)number)], [])
            : attributes.Has("value_int") ? new Constant(TensorElementType.Int64, [], [attributes.Int("value_int", 0)], [])
            : attributes.Has("value_float") ? new Constant(TensorElementType.Float, [], [attributes.Float("value_float", 0)], [])
            : throw new NotCompilableException("it holds a constant of an unknown kind"));

    private static NotCompilableException Unknown(Node node) => new($"it has the operator {node.Operator}");

    private static string Domain(string name) => name == "ai.onnx" ? "" : name;
}
