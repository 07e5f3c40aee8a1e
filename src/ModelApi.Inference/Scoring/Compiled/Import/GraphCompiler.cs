using System.Runtime.CompilerServices;
using ModelApi.Inference.Bundles.Onnx;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Import.Graphs;
using ModelApi.Inference.Scoring.Compiled.Import.Operators;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Import;

/// <summary>Reads one graph: turns each node into columns that follow from the features, or into stages of the plan.</summary>
/// <remarks>Reads only the nodes behind a requested output, so that unused inputs vanish.</remarks>
internal sealed class GraphCompiler
{
    private readonly PlanBuilder _plan;
    private readonly Dictionary<string, long> _opsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxTensor> _constants = new(StringComparer.Ordinal);
    private readonly Func<string, Value?> _inputs;
    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);

    /// <param name="content">The ONNX file.</param>
    /// <param name="inputs">Finds the source of a graph input; null for an unknown name.</param>
    /// <param name="plan">Receives the stages.</param>
    public GraphCompiler(byte[] content, Func<string, Value?> inputs, PlanBuilder plan)
    {
        _plan = plan;
        _inputs = inputs;
        var model = OnnxModel.Parser.ParseFrom(content);
        foreach (var opset in model.OpsetImport)
        {
            _opsets[OperatorTable.Domain(opset.Domain)] = opset.Version;
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

    /// <summary>Compiles an output and everything that leads to it.</summary>
    /// <exception cref="NotCompilableException">A node that leads to it is not handled.</exception>
    public Value Output(string name) =>
        Find(name) as Value ?? throw new NotCompilableException($"its output '{name}' does not follow from the features");

    private GraphValue Find(string name)
    {
        if (_values.TryGetValue(name, out var known))
        {
            return known is Unreadable
                ? throw new NotCompilableException($"'{name}' follows from itself, or is of a kind that no operator can read")
                : known;
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

        // Until the value is known, so that a graph with a circle is not followed forever.
        _values[name] = Unreadable.Instance;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var results = Run(node);
        for (var i = 0; i < node.Output.Count; i++)
        {
            _values[node.Output[i]] = i < results.Length ? results[i] : Unreadable.Instance;
        }

        return _values[name];
    }

    private GraphValue[] Run(OnnxNode message)
    {
        var domain = OperatorTable.Domain(message.Domain);
        var opset = _opsets.GetValueOrDefault(domain, 1);
        var inputs = new GraphValue?[message.Input.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = message.Input[i].Length == 0 ? null : Find(message.Input[i]);
        }

        return OperatorTable.Find(domain, message.OpType, opset)(new Node(message, opset, inputs, _plan));
    }
}
