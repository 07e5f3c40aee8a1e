using System.Globalization;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Connects the features, the graphs and the answer, and reports what does not fit.</summary>
internal sealed class GraphWiring
{
    private readonly BundleManifest _manifest;
    private readonly BundleFaults _faults;
    private readonly NumberRange?[] _ranges;
    private readonly Dictionary<string, (GraphOutput Place, GraphTensor Tensor)> _outputs = new(StringComparer.Ordinal);

    private GraphWiring(BundleManifest manifest, BundleFaults faults)
    {
        _manifest = manifest;
        _faults = faults;
        _ranges = new NumberRange?[manifest.Signature.Features.Count];
    }

    /// <summary>Connects the graphs of a bundle.</summary>
    /// <param name="manifest">A manifest without faults.</param>
    /// <param name="graphs">Its graphs, in the same order.</param>
    /// <param name="faults">Receives the faults; when there are any, the result is not usable.</param>
    public static WiredGraphs Connect(
        BundleManifest manifest, IReadOnlyList<GraphFile> graphs, BundleFaults faults)
    {
        var wiring = new GraphWiring(manifest, faults);
        var steps = graphs.Select(wiring.ConnectGraph).ToList();
        var answer = new AnswerWiring(manifest, wiring._outputs, faults).Find();
        var ranges = wiring._ranges.Select(range => range ?? NumberRange.Float);
        return new WiredGraphs(steps, answer, manifest.Signature.WithRanges([.. ranges]).With(answer.Shape));
    }

    private GraphStep ConnectGraph(GraphFile graph, int index)
    {
        var map = _manifest.Graphs[index].Inputs;
        var names = graph.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in map.Keys.Where(name => !names.Contains(name)))
        {
            var known = Quote(graph.Inputs.Select(input => input.Name));
            Fault($"$.graphs[{index}].inputs.{name}", $"The graph has no input '{name}'; it has {known}.");
        }

        var inputs = graph.Inputs.Select(input => ConnectInput(input, index, map.GetValueOrDefault(input.Name) ?? [input.Name])).ToList();
        for (var i = 0; i < graph.Outputs.Count; i++)
        {
            _outputs[graph.Outputs[i].Name] = (new GraphOutput(index, i), graph.Outputs[i]);
        }

        return new GraphStep(graph, inputs);
    }

    private GraphStepInput ConnectInput(GraphTensor input, int graph, IReadOnlyList<string> sources)
    {
        var path = $"$.graphs[{graph}].inputs.{input.Name}";
        var type = input.ElementType ?? TensorElementType.DataTypeMax;
        var rank = input.Dimensions?.Count ?? 2;
        if (input.Dimensions is [{ } batch and not 1, ..])
        {
            Fault(path, $"The graph takes exactly {batch} rows at a time; export it with a symbolic batch dimension, or with 1.");
        }

        var takesOneRow = input.Dimensions is [1, ..];

        if (sources is [var source] && _outputs.TryGetValue(source, out var earlier))
        {
            if (earlier.Tensor.ElementType != input.ElementType)
            {
                Fault(path, $"Takes {Describe(input.ElementType)}, but '{source}' is {Describe(earlier.Tensor.ElementType)}.");
            }

            if (input.Dimensions is [_, { } takes] && earlier.Tensor.Dimensions is [_, { } has] && takes != has)
            {
                Fault(path, $"Takes {takes} columns, but '{source}' has {has}.");
            }

            return new GraphStepInput(input.Name, type, [], earlier.Place, rank) { TakesOneRow = takesOneRow };
        }

        var features = new List<int>();
        foreach (var name in sources)
        {
            var feature = _manifest.Signature.IndexOf(name);
            if (feature < 0 && _faults.IsFull)
            {
                _faults.AddCounted();
                continue;
            }

            if (feature < 0)
            {
                var known = _manifest.Signature.Features.Select(known => known.Name).Concat(_outputs.Keys);
                var meant = NearestName.Find(name, known);
                var suggestion = meant is null ? "." : $"; did you mean '{meant}'?";
                Fault(path, $"No feature and no earlier output is called '{name}'{suggestion} Name its source in 'inputs'.");
                continue;
            }

            features.Add(feature);
            CheckType(path, input, _manifest.Signature.Features[feature]);
        }

        var given = features.ConvertAll(feature => _manifest.Signature.Features[feature]);
        if (given.Exists(feature => feature.Shape is not null))
        {
            CheckTensor(path, input, given);
            return new GraphStepInput(input.Name, type, features, null, rank) { Shape = given[0].Shape, TakesOneRow = takesOneRow };
        }

        if (rank is not (1 or 2) || (rank == 1 && sources.Count > 1))
        {
            Fault(
                path,
                $"Takes a tensor of {rank} dimensions; single values feed [N] or [N, columns]. "
                    + "Give a feature of type 'tensor' its other dimensions as 'shape'.");
        }
        else if (input.Dimensions is [_, { } columns] && columns != sources.Count)
        {
            var feed = sources.Count == 1 ? "feature feeds" : "features feed";
            Fault(path, $"Takes {columns} columns, but {sources.Count} {feed} it. Name {columns} features in 'inputs'.");
        }

        return new GraphStepInput(input.Name, type, features, null, rank) { TakesOneRow = takesOneRow };
    }

    private void CheckTensor(string path, GraphTensor input, List<Feature> features)
    {
        if (features is not [{ Shape: { } shape } feature])
        {
            Fault(path, "A feature of type 'tensor' feeds an input alone, not as one of several columns.");
            return;
        }

        var fits = input.Dimensions is not { } dimensions || dimensions.Count == shape.Count + 1;
        for (var i = 0; fits && i < shape.Count; i++)
        {
            fits = input.Dimensions?[i + 1] is not { } due || due == shape[i];
        }

        if (!fits)
        {
            var due = string.Join(", ", input.Dimensions!.Skip(1).Select(length => length?.ToString(CultureInfo.InvariantCulture) ?? "?"));
            Fault(path, $"Takes [N, {due}], but feature '{feature.Name}' has the shape [{string.Join(", ", shape)}].");
        }
    }

    private void CheckType(string path, GraphTensor input, Feature feature)
    {
        var fits = feature.Type == FeatureType.String
            ? input.ElementType == TensorElementType.String
            : InputRanges.Of(input.ElementType) is not null;
        if (!fits)
        {
            var type = feature.Type.ToString().ToLowerInvariant();
            var numeric = string.Join(", ", InputRanges.Types.Select(element => Describe(element)));
            Fault(
                path,
                $"Takes {Describe(input.ElementType)}, but feature '{feature.Name}' is of type {type}: "
                    + $"strings feed tensor(string), others {numeric}.");
        }
        else if (InputRanges.Of(input.ElementType) is { } range)
        {
            var index = _manifest.Signature.IndexOf(feature.Name);
            _ranges[index] = _ranges[index]?.And(range) ?? range;
            if (range.IsWhole && feature.Type == FeatureType.Number)
            {
                Fault(path, $"Takes {Describe(input.ElementType)}, which cannot hold the fractions of feature '{feature.Name}'.");
            }
            else if (!InputRanges.HasNaN(input.ElementType) && feature.Nullable)
            {
                Fault(path, $"Takes {Describe(input.ElementType)}, which has no NaN for the missing values of feature '{feature.Name}'.");
            }
        }
    }

    private void Fault(string path, string message) => _faults.Add(new BundleFault(ManifestReader.FileName, path, message));

    internal static string Quote(IEnumerable<string> names)
    {
        const int Most = 20;
        var quoted = names.Take(Most + 1).Select(name => $"'{name}'").ToList();
        return quoted.Count <= Most ? string.Join(", ", quoted) : $"{string.Join(", ", quoted.Take(Most))} and others";
    }

    internal static string Describe(TensorElementType? type) =>
        type is { } element ? $"tensor({element.ToString().ToLowerInvariant()})" : "a sequence or map";
}

/// <summary>The graphs of a bundle, connected.</summary>
/// <param name="Steps">Each graph with the sources of its inputs.</param>
/// <param name="Answer">The outputs that hold the answer.</param>
/// <param name="Signature">The signature, whose features take the numbers that the graphs can hold.</param>
internal sealed record WiredGraphs(IReadOnlyList<GraphStep> Steps, AnswerOutputs Answer, Signature Signature);
