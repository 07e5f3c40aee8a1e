namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>The names of one graph: each is defined once, and no value follows from itself.</summary>
internal sealed class GraphScope
{
    // What a name stands for: the index of the node that computes it, or one of these.
    private const int Input = -1;
    private const int Initializer = -2;

    private readonly Dictionary<string, int> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> _constants = new(StringComparer.Ordinal);
    private readonly List<(string Place, HashSet<string>? Captured, List<string> Inputs)> _nodes = [];
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly GraphScope? _outer;

    /// <param name="outer">The graph around it, whose constants it may use.</param>
    public GraphScope(GraphScope? outer) => _outer = outer;

    /// <exception cref="InvalidDataException">There is such an input already.</exception>
    public void AddInput(string name) => Define(name, Input, "an input");

    /// <exception cref="InvalidDataException">There is such an initializer already.</exception>
    public void AddInitializer(string name)
    {
        // An input of the same name has the initializer as its default.
        if (_definitions.TryGetValue(name, out var before) && before == Input)
        {
            _definitions[name] = Initializer;
            return;
        }

        Define(name, Initializer, "an initializer");
    }

    /// <exception cref="InvalidDataException">There is such an output already.</exception>
    public void AddOutput(string name)
    {
        if (!_outputs.Add(name))
        {
            throw new InvalidDataException($"two of its outputs are called '{name}'.");
        }
    }

    /// <summary>Adds a node, after all inputs and initializers.</summary>
    /// <param name="node">The node.</param>
    /// <param name="captured">Names that its inner graphs take from around them; null for none.</param>
    /// <exception cref="InvalidDataException">It computes a value that is defined already.</exception>
    public void AddNode(GraphNode node, HashSet<string>? captured)
    {
        foreach (var output in node.Outputs)
        {
            if (output.Length > 0)
            {
                Define(output, _nodes.Count, "an output of a node");
            }
        }

        _nodes.Add((node.Place, captured, node.Inputs));
    }

    /// <summary>Keeps the elements of a small constant, from which the size of another value may follow.</summary>
    public void AddConstant(string name, double[] elements) => _constants[name] = elements;

    /// <returns>The elements of a small constant of this graph or of one around it; null for any other value.</returns>
    public double[]? Constant(string name) => _constants.GetValueOrDefault(name) ?? _outer?.Constant(name);

    /// <summary>Checks that the nodes can be put in an order in which each follows those that it takes values from.</summary>
    /// <returns>The names that nothing here defines.</returns>
    /// <exception cref="InvalidDataException">A value follows from itself.</exception>
    public HashSet<string> Check()
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var users = new List<int>?[_nodes.Count];
        var waits = new int[_nodes.Count];
        for (var i = 0; i < _nodes.Count; i++)
        {
            foreach (var name in _nodes[i].Inputs.Concat(_nodes[i].Captured ?? []))
            {
                if (name.Length == 0)
                {
                    continue;
                }

                if (!_definitions.TryGetValue(name, out var producer))
                {
                    missing.Add(name);
                }
                else if (producer >= 0)
                {
                    (users[producer] ??= []).Add(i);
                    waits[i]++;
                }
            }
        }

        missing.UnionWith(_outputs.Where(output => !_definitions.ContainsKey(output)));
        RequireOrder(users, waits);
        return missing;
    }

    // Kahn's algorithm.
    private void RequireOrder(List<int>?[] users, int[] waits)
    {
        var ready = new Stack<int>(Enumerable.Range(0, waits.Length).Where(node => waits[node] == 0));
        var done = 0;
        while (ready.TryPop(out var node))
        {
            done++;
            foreach (var user in users[node] ?? [])
            {
                if (--waits[user] == 0)
                {
                    ready.Push(user);
                }
            }
        }

        if (done < waits.Length)
        {
            var stuck = Array.FindIndex(waits, wait => wait > 0);
            throw new InvalidDataException($"its nodes form a circle, which {_nodes[stuck].Place} is part of or follows from.");
        }
    }

    private void Define(string name, int definition, string what)
    {
        if (!_definitions.TryAdd(name, definition))
        {
            throw new InvalidDataException($"{what} is called '{name}', and so is another value before it.");
        }
    }
}
