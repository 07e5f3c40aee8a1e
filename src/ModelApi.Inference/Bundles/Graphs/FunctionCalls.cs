namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Counts the nodes of a model after the bodies of its functions have taken the places of their calls.</summary>
/// <remarks>Functions that call each other twice double the nodes at each level.</remarks>
internal sealed class FunctionCalls
{
    /// <summary>Stands for the model's own graph among the callers.</summary>
    public const string Main = "";

    private const int DeepestCall = 50;

    private readonly Dictionary<string, Body> _bodies = new(StringComparer.Ordinal) { [Main] = new Body() };
    private Body _current;

    public FunctionCalls() => _current = _bodies[Main];

    /// <summary>The nodes that were added.</summary>
    public long Added { get; private set; }

    /// <summary>What a function is called here.</summary>
    public static string NameOf(string domain, string name) => $"{domain}:{name}";

    /// <summary>Declares a function; all are declared before the first node is added.</summary>
    public void Declare(string function) => _bodies[function] = new Body();

    /// <summary>Begins the nodes of a function, or of <see cref="Main"/>.</summary>
    public void Begin(string function) => _current = _bodies[function];

    public void Add(GraphNode node)
    {
        _current.Nodes++;
        Added++;
        if (_bodies.Count > 1 && NameOf(node.Domain, node.Operator) is var function && _bodies.ContainsKey(function))
        {
            _current.Calls[function] = _current.Calls.GetValueOrDefault(function) + 1;
        }
    }

    /// <returns>The number of nodes.</returns>
    /// <exception cref="InvalidDataException">A function calls itself, or calls are nested too deeply.</exception>
    public double Count() => Count(_bodies[Main], 0);

    private double Count(Body body, int depth)
    {
        if (depth > DeepestCall)
        {
            throw new InvalidDataException($"its functions call each other without end, or more than {DeepestCall} deep.");
        }

        return body.Total ??= body.Nodes + body.Calls.Sum(call => call.Value * Count(_bodies[call.Key], depth + 1));
    }

    private sealed class Body
    {
        public long Nodes { get; set; }

        public Dictionary<string, long> Calls { get; } = new(StringComparer.Ordinal);

        public double? Total { get; set; }
    }
}
