using ModelApi.Inference.Scoring.Compiled.Import.Graphs;

namespace ModelApi.Inference.Scoring.Compiled.Import.Operators;

/// <summary>Compiles a node.</summary>
/// <returns>The node's outputs; outputs that are left out are <see cref="Unreadable"/>.</returns>
internal delegate GraphValue[] OperatorHandler(Node node);

/// <summary>An operator that the compiled engine handles.</summary>
/// <param name="domain">The canonical name of its domain.</param>
/// <param name="name">Its name.</param>
/// <param name="first">The first opset that is handled.</param>
/// <param name="last">The last opset that is handled.</param>
/// <param name="handler">Compiles a node.</param>
internal sealed class Operator(string domain, string name, int first, int last, OperatorHandler handler)
{
    /// <summary>An operator with one output.</summary>
    public Operator(string domain, string name, int first, int last, Func<Node, GraphValue> handler)
        : this(domain, name, first, last, node => [handler(node)])
    {
    }

    public string Domain { get; } = domain;

    public string Name { get; } = name;

    public int First { get; } = first;

    public int Last { get; } = last;

    public OperatorHandler Handler { get; } = handler;
}
