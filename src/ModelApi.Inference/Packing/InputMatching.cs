using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Matches columns with graph inputs: as told, by name, by the names of skl2onnx, and by position for one tensor.</summary>
/// <param name="graphs">The graphs in their order.</param>
/// <param name="told">Sources of inputs that were told, by input.</param>
internal sealed class InputMatching(IReadOnlyList<GraphFile> graphs, IReadOnlyDictionary<string, IReadOnlyList<string>> told)
{
    private readonly List<FeatureFeed> _feeds = [];
    private readonly Dictionary<(GraphFile Graph, string Input), IReadOnlyList<string>> _sources = [];

    /// <summary>Which feature feeds which input.</summary>
    public IReadOnlyList<FeatureFeed> Feeds => _feeds;

    /// <summary>The features that feed no input.</summary>
    public IReadOnlyList<string> Unused { get; private set; } = [];

    /// <summary>Matches the columns.</summary>
    /// <param name="columns">The columns that may be features, in their order.</param>
    /// <param name="isTensor">Whether a column holds tensors.</param>
    /// <exception cref="PackException">An input stays without a source, or several fit.</exception>
    public void Match(IReadOnlyList<string> columns, Func<string, bool> isTensor)
    {
        CheckTold();
        var renamed = SklearnNames.Of(columns);
        var open = new List<(GraphFile Graph, GraphTensor Input)>();
        var earlier = new List<GraphTensor>();
        foreach (var graph in graphs)
        {
            foreach (var input in graph.Inputs)
            {
                if (!MatchByName(graph, input, columns, renamed, earlier))
                {
                    open.Add((graph, input));
                }
            }

            earlier.AddRange(graph.Outputs);
        }

        foreach (var (graph, input) in open.ToList())
        {
            if (FittingOutput(graph, input) is { } output)
            {
                _sources[(graph, input.Name)] = [output];
                open.Remove((graph, input));
            }
        }

        MatchByPosition(open, columns, isTensor);
        Unused = [.. columns.Where(column => _feeds.TrueForAll(feed => feed.Feature != column))];
    }

    /// <summary>The <c>inputs</c> of a graph in the manifest, or null where each has the name of its source.</summary>
    public JsonObject? InputsOf(GraphFile graph)
    {
        var inputs = new JsonObject();
        foreach (var input in graph.Inputs)
        {
            var sources = _sources[(graph, input.Name)];
            if (sources is not [var only])
            {
                inputs[input.Name] = new JsonArray([.. sources.Select(source => JsonValue.Create(source))]);
            }
            else if (only != input.Name)
            {
                inputs[input.Name] = only;
            }
        }

        return inputs.Count > 0 ? inputs : null;
    }

    private void CheckTold()
    {
        var names = graphs.SelectMany(graph => graph.Inputs).Select(input => input.Name).ToList();
        foreach (var input in told.Keys.Where(input => !names.Contains(input)))
        {
            var meant = NearestName.Find(input, names);
            throw new PackException(
                $"--input {input}: no graph has that input{(meant is null ? "." : $"; did you mean '{meant}'?")} "
                + $"There {(names.Count == 1 ? "is" : "are")} {Quote(names)}.");
        }
    }

    private bool MatchByName(
        GraphFile graph, GraphTensor input, IReadOnlyList<string> columns, IReadOnlyList<string> renamed, List<GraphTensor> earlier)
    {
        if (told.TryGetValue(input.Name, out var given))
        {
            var features = given.Where(source => earlier.TrueForAll(output => output.Name != source)).ToList();
            foreach (var unknown in features.Where(source => !columns.Contains(source)))
            {
                var meant = NearestName.Find(unknown, columns.Concat(earlier.Select(output => output.Name)));
                throw new PackException(
                    $"--input {input.Name}: there is no column and no earlier output '{unknown}'"
                    + (meant is null ? $"; the columns are {Quote(columns)}." : $"; did you mean '{meant}'?"));
            }

            Feed(graph, input, given, features);
            return true;
        }

        if (earlier.Exists(output => output.Name == input.Name))
        {
            _sources[(graph, input.Name)] = [input.Name];
            return true;
        }

        if (input.Dimensions is [_, { } wide] && wide != 1)
        {
            return false;
        }

        var column = columns.Contains(input.Name) ? input.Name
            : renamed.ToList().IndexOf(input.Name) is >= 0 and var index ? columns[index]
            : null;
        if (column is not null)
        {
            Feed(graph, input, [column], [column]);
        }

        return column is not null;
    }

    private string? FittingOutput(GraphFile graph, GraphTensor input)
    {
        var fitting = graphs.TakeWhile(other => other != graph)
            .SelectMany(other => other.Outputs)
            .Where(output => output.ElementType == input.ElementType && Fits(output, input))
            .Select(output => output.Name)
            .ToList();
        return fitting is [var only] ? only : null;
    }

    // What is left of the columns feeds the one input that is left, in the order of the columns.
    private void MatchByPosition(
        List<(GraphFile Graph, GraphTensor Input)> open, IReadOnlyList<string> columns, Func<string, bool> isTensor)
    {
        var left = columns.Where(column => _feeds.TrueForAll(feed => feed.Feature != column)).ToList();
        foreach (var (graph, input) in open.ToList())
        {
            if (input.Dimensions is { Count: > 2 } && left.Where(isTensor).ToList() is [var tensor] && open.Count(HasManyDimensions) == 1)
            {
                Feed(graph, input, [tensor], [tensor]);
                left.Remove(tensor);
                open.Remove((graph, input));
            }
        }

        switch (open)
        {
            case []:
                return;

            case [var (graph, input)] when left.Count > 0 && TakesColumns(input, left.Count):
                Feed(graph, input, left, left);
                return;

            case [var (graph, input)]:
                throw new PackException(
                    $"Input '{input.Name}' of {graph.File} takes {Columns(input)}, and {Count(left.Count)} left for it"
                    + $"{(left.Count > 0 ? $": {Quote(left)}" : "")}. Name them in their order with --input {input.Name}=COLUMN[,COLUMN…]"
                    + ", or leave columns that are no features out of the rows.");

            default:
                var (first, other) = open[0];
                throw new PackException(
                    $"No column fits input '{other.Name}' of {first.File} by its name"
                    + $"{(open.Count > 1 ? $", nor {Quote(open.Skip(1).Select(item => item.Input.Name))}" : "")}. "
                    + $"{(left.Count == 0 ? "No columns are left." : $"The columns left are {Quote(left)}.")} "
                    + $"Name the source of each with --input {other.Name}=COLUMN.");
        }

        static bool HasManyDimensions((GraphFile Graph, GraphTensor Input) item) => item.Input.Dimensions is { Count: > 2 };
    }

    private void Feed(GraphFile graph, GraphTensor input, IReadOnlyList<string> sources, List<string> features)
    {
        _sources[(graph, input.Name)] = sources;
        _feeds.AddRange(features.Select(feature => new FeatureFeed(feature, graph.File, input, features.Count == 1)));
    }

    private static bool TakesColumns(GraphTensor input, int count) => input.Dimensions switch
    {
        null or [_, null] => true,
        [_] => count == 1,
        [_, { } columns] => columns == count,
        _ => false,
    };

    private static string Columns(GraphTensor input) => input.Dimensions switch
    {
        null or [_, null] => "any number of columns",
        [_] => "1 column",
        [_, { } columns] => columns == 1 ? "1 column" : $"{columns} columns",
        { Count: var dimensions } => $"a tensor of {dimensions} dimensions",
    };

    private static string Count(int columns) => columns switch { 0 => "none are", 1 => "1 is", _ => $"{columns} are" };

    private static bool Fits(GraphTensor output, GraphTensor input) =>
        output.Dimensions is not [_, { } has] || input.Dimensions is not [_, { } takes] || has == takes;

    internal static string Quote(IEnumerable<string> names)
    {
        const int Most = 30;
        var quoted = names.Take(Most + 1).Select(name => $"'{name}'").ToList();
        return quoted.Count <= Most ? string.Join(", ", quoted) : $"{string.Join(", ", quoted.Take(Most))} and others";
    }
}
