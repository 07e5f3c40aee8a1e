using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>A model version that was read from disk and has no faults.</summary>
public sealed record Bundle
{
    /// <summary>The folder of the bundle.</summary>
    public required string Folder { get; init; }

    /// <summary>The content of <c>model.json</c>.</summary>
    public required BundleManifest Manifest { get; init; }

    /// <summary>
    /// Lower-case hexadecimal SHA-256 of <c>model.json</c>, which holds the digests of all other files and so identifies the bundle.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>The graphs, in the order in which they run.</summary>
    public required IReadOnlyList<GraphStep> Steps { get; init; }

    /// <summary>Whether some graph takes exactly one row at a time, so that rows are scored one by one.</summary>
    public bool TakesOneRow => Steps.Any(step => step.Inputs.Any(input => input.TakesOneRow));

    /// <summary>The saved ML.NET model in the place of graphs; null where graphs run.</summary>
    public ModelZip? Model { get; init; }

    /// <summary>Which outputs of the graphs hold the answer.</summary>
    public required AnswerOutputs Answer { get; init; }

    /// <summary>Rows with the trainer's own answers.</summary>
    public required GoldenRows Golden { get; init; }

    /// <summary>The content of <c>performance.json</c>, an object with the quality of the model; null without that file.</summary>
    public JsonElement? Performance { get; init; }

    /// <summary>The content of <c>reference.json</c>, an object with the histograms of the training rows; null without that file.</summary>
    public JsonElement? Reference { get; init; }

    /// <summary>The content of <c>args.json</c>, an object with the arguments of the training; null without that file.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>The same bundle without the bytes of its graphs, which may be many times what a compiled model needs.</summary>
    internal Bundle WithoutGraphs() =>
        this with { Steps = [.. Steps.Select(step => step with { Graph = step.Graph with { Content = [] } })] };
}
