using ModelApi.Inference.Bundles.Graphs;

namespace ModelApi.Inference.Bundles;

/// <summary>Checks what is inside a graph before an engine sees it: names, tensors, trees, and sizes that follow from constants.</summary>
/// <remarks>https://onnx.ai/onnx/repo-docs/IR.html gives the numbers of the fields; all others are skipped.</remarks>
internal sealed class GraphChecker(string file, BundleLimits limits, BundleFaults faults)
{
    // Deeper than any exporter nests graphs. Protobuf parsers stop at 100 messages, which are 33 graphs.
    private const int DeepestNesting = 30;

    private readonly FunctionCalls _calls = new();
    private readonly TensorChecker _tensors = new(file, limits, faults);

    /// <summary>Checks the functions of a model, of which each is a FunctionProto. Called before <see cref="CheckMain"/>.</summary>
    /// <exception cref="InvalidDataException">This is no protobuf message.</exception>
    public void CheckFunctions(List<ProtobufReader> functions)
    {
        var names = functions.ConvertAll(FunctionNameOf);
        names.ForEach(_calls.Declare);
        for (var i = 0; i < names.Count; i++)
        {
            _calls.Begin(names[i]);
            CheckFunction(functions[i], names[i]);
        }

        _calls.Begin(FunctionCalls.Main);
    }

    /// <summary>Checks the graph of a model, and then the number of its nodes.</summary>
    /// <exception cref="InvalidDataException">This is no protobuf message, or the graph cannot be followed.</exception>
    public void CheckMain(ProtobufReader graph)
    {
        foreach (var name in CheckGraph(graph, null, 0).Take(1))
        {
            throw new InvalidDataException($"nothing in it computes '{name}'.");
        }

        RequireNodes(_calls.Count());
    }

    /// <summary>Checks a graph of a training, which may use the values of the model's graph.</summary>
    /// <exception cref="InvalidDataException">This is no protobuf message, or the graph cannot be followed.</exception>
    public void CheckTraining(ProtobufReader graph) => CheckGraph(graph, null, 1);

    /// <returns>The names that the graph takes from around it.</returns>
    private HashSet<string> CheckGraph(ProtobufReader fields, GraphScope? outer, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new InvalidDataException($"its graphs are nested more than {DeepestNesting} deep.");
        }

        var scope = new GraphScope(outer);
        var nodes = fields;
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 5: // initializer
                    var tensor = _tensors.Check(fields.Message);
                    scope.AddInitializer(tensor.Name);
                    TensorChecker.AddConstant(scope, tensor.Name, tensor);
                    break;
                case 11: // input
                    scope.AddInput(NameOf(fields.Message));
                    break;
                case 12: // output
                    scope.AddOutput(NameOf(fields.Message));
                    break;
                case 15: // sparse_initializer
                    scope.AddInitializer(_tensors.CheckSparse(fields.Message));
                    break;
            }
        }

        while (nodes.Read())
        {
            if (nodes.Field == 1)
            {
                CheckNode(GraphNode.Read(nodes.Message), scope, depth);
            }
        }

        return scope.Check();
    }

    private void CheckFunction(ProtobufReader fields, string name)
    {
        var scope = new GraphScope(null);
        var nodes = fields;
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 4: // input
                    scope.AddInput(fields.Text);
                    break;
                case 5: // output
                    scope.AddOutput(fields.Text);
                    break;
            }
        }

        while (nodes.Read())
        {
            if (nodes.Field == 7)
            {
                CheckNode(GraphNode.Read(nodes.Message), scope, depth: 1);
            }
        }

        foreach (var missing in scope.Check().Take(1))
        {
            throw new InvalidDataException($"nothing in its function '{name}' computes '{missing}'.");
        }
    }

    private void CheckNode(GraphNode node, GraphScope scope, int depth)
    {
        _calls.Add(node);
        RequireNodes(_calls.Added);
        HashSet<string>? captured = null;
        try
        {
            switch (node)
            {
                case { Domain: "ai.onnx.ml", Operator: "TreeEnsembleClassifier" or "TreeEnsembleRegressor" or "TreeEnsemble" }:
                    CheckTrees(node);
                    break;
                default:
                    foreach (var attribute in node.Attributes)
                    {
                        CheckAttribute(new ProtobufReader(attribute), scope, depth, ref captured);
                    }

                    CheckSize(node, scope);
                    break;
            }
        }
        catch (InvalidDataException exception)
        {
            faults.Add(new BundleFault(file, node.Place, $"Not a valid {node.Operator}: {exception.Message}"));
        }

        scope.AddNode(node, captured);
    }

    private void CheckTrees(GraphNode node)
    {
        var attributes = new NodeAttributes(node.Attributes);
        var trees = new TreeLimits(limits.MaxTreeDepth, limits.MaxTreeTargets);
        if (node.Operator == "TreeEnsemble")
        {
            TreeEnsemble5.Check(attributes, trees);
        }
        else
        {
            TreeTable.Check(attributes, node.Operator == "TreeEnsembleClassifier", trees);
        }
    }

    private void CheckSize(GraphNode node, GraphScope scope)
    {
        if (node is { Domain: "", Operator: "Constant", Outputs: [var output, ..] })
        {
            TensorChecker.AddConstant(scope, output, new NodeAttributes(node.Attributes));
        }
        else if (DeclaredSizes.Knows(node))
        {
            _tensors.Expand(DeclaredSizes.Of(node, new NodeAttributes(node.Attributes), scope));
        }
    }

    private void CheckAttribute(ProtobufReader fields, GraphScope scope, int depth, ref HashSet<string>? captured)
    {
        var seen = 0;
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 5 or 6 or 22 when (seen & (1 << fields.Field)) != 0: // t, g, sparse_tensor
                    // Parsers merge messages that are given one after the other, which no exporter does.
                    throw new InvalidDataException("it has an attribute with two values.");
                case 5 or 10: // t, tensors
                    _tensors.Check(fields.Message);
                    break;
                case 6 or 11: // g, graphs
                    (captured ??= new(StringComparer.Ordinal)).UnionWith(CheckGraph(fields.Message, scope, depth + 1));
                    break;
                case 22 or 23: // sparse_tensor, sparse_tensors
                    _tensors.CheckSparse(fields.Message);
                    break;
            }

            seen |= fields.Field < 32 ? 1 << fields.Field : 0;
        }
    }

    private void RequireNodes(double nodes)
    {
        if (nodes > limits.MaxGraphNodes)
        {
            throw new InvalidDataException(
                $"it has more than {limits.MaxGraphNodes} nodes, counting those of its functions at each call.");
        }
    }

    private static string NameOf(ProtobufReader value)
    {
        var name = "";
        while (value.Read())
        {
            name = value.Field == 1 ? value.Text : name;
        }

        return name;
    }

    private static string FunctionNameOf(ProtobufReader function)
    {
        var (name, domain) = ("", "");
        while (function.Read())
        {
            name = function.Field == 1 ? function.Text : name;
            domain = function.Field == 10 ? function.Text : domain;
        }

        return FunctionCalls.NameOf(domain, name);
    }
}
