using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Infers what a model takes: its features, and the graph inputs that they feed.</summary>
/// <param name="request">What was told.</param>
/// <param name="graphs">The graphs in their order.</param>
/// <param name="encoders">Their encoders.</param>
/// <param name="roles">What the columns of the reference are.</param>
/// <param name="golden">The golden rows, or null without.</param>
internal sealed class SignatureInference(
    PackRequest request, IReadOnlyList<GraphFile> graphs, Encoders encoders, ColumnRoles roles, GoldenFacts? golden)
{
    private readonly InputMatching _matching = new(graphs, request.Inputs);

    /// <summary>Which feature feeds which input.</summary>
    public IReadOnlyList<FeatureFeed> Feeds => _matching.Feeds;

    /// <summary>The features as the manifest describes them, in the order of the columns.</summary>
    public IReadOnlyList<JsonObject> Features { get; private set; } = [];

    /// <summary>The <c>graphs</c> of the manifest.</summary>
    public JsonArray Graphs() => new([.. graphs.Select(JsonNode (graph) => _matching.InputsOf(graph) is { } inputs
        ? new JsonObject { ["file"] = graph.File, ["inputs"] = inputs }
        : new JsonObject { ["file"] = graph.File })]);

    /// <summary>The policy for categories that the trainer never saw.</summary>
    public UnknownCategory UnknownCategory => request.UnknownCategory ?? encoders.UnknownCategory;

    /// <exception cref="PackException">A column or a source is missing, or several fit.</exception>
    public void Infer()
    {
        CheckDescribed();
        _matching.Match(golden is null ? WithoutTarget() : roles.Candidates, IsTensor);
        if (golden is not null && _matching.Unused.Count > 0)
        {
            throw new PackException(
                $"No graph input takes {InputMatching.Quote(_matching.Unused)} of the golden rows: leave "
                + $"{(_matching.Unused.Count == 1 ? "it" : "them")} out of their 'input', or name the input with --input INPUT=COLUMN.");
        }

        var order = request.Reference.Headers.ToList();
        Features = [.. Feeds.DistinctBy(feed => feed.Feature).OrderBy(feed => order.IndexOf(feed.Feature)).Select(Describe)];
    }

    // One column more than an input takes: one of them is the target.
    private List<string> WithoutTarget()
    {
        var candidates = roles.Candidates.ToList();
        var wide = graphs[0].Inputs.Where(input => input.Dimensions is [_, > 1] && !request.Inputs.ContainsKey(input.Name)).ToList();
        if (request.Target is null && graphs[0].Inputs.Count == 1 && wide is [{ Dimensions: [_, { } columns] }]
            && candidates.Count == columns + 1)
        {
            var classes = roles.Prediction is { } column ? request.Reference.Find(column)!.ToHashSet(StringComparer.Ordinal) : [];
            var fitting = candidates.Where(name => request.Reference.Find(name)!.All(classes.Contains)).ToList();
            if (fitting is not [var target])
            {
                throw new PackException(
                    $"Input '{wide[0].Name}' takes {columns} columns, and the reference has {candidates.Count}: "
                    + $"{InputMatching.Quote(fitting.Count > 1 ? fitting : candidates)} may be the predicted one. Name it with --target.");
            }

            candidates.Remove(target);
        }

        return candidates;
    }

    private bool IsTensor(string column) => golden?.Of(column).Shape is not null;

    private void CheckDescribed()
    {
        foreach (var (name, value) in request.Features ?? [])
        {
            if (value is not JsonObject || request.Reference.Find(name) is null)
            {
                var meant = NearestName.Find(name, request.Reference.Headers);
                throw new PackException(value is not JsonObject
                    ? $"--features: '{name}' must be an object with keys such as description, minimum, maximum and example."
                    : $"--features: the reference has no column '{name}'{(meant is null ? "." : $"; did you mean '{meant}'?")}");
            }
        }
    }

    private JsonObject Describe(FeatureFeed feed)
    {
        var facts = golden?.Features.Contains(feed.Feature) == true ? golden.Of(feed.Feature) : null;
        var feature = FeatureInference.Infer(feed, request.Reference.Find(feed.Feature)!, encoders, facts);
        foreach (var (key, value) in request.Features?[feed.Feature] as JsonObject ?? [])
        {
            feature[key] = value?.DeepClone();
        }

        // The example is the last key, for people who read the manifest.
        var example = feature["example"];
        feature.Remove("example");
        feature["example"] = example;
        return feature;
    }
}
