using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>A model version on disk that was read whole and found without fault.</summary>
public sealed record Bundle
{
    /// <summary>The folder that it was read from.</summary>
    public required string Folder { get; init; }

    /// <summary>What <c>model.json</c> says.</summary>
    public required BundleManifest Manifest { get; init; }

    /// <summary>
    /// Lower-case hexadecimal SHA-256 of <c>model.json</c>; as that holds the digest of every other file, it identifies the
    /// whole bundle.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>The graphs, in the order in which they run.</summary>
    public required IReadOnlyList<GraphStep> Steps { get; init; }

    /// <summary>Which outputs of the graphs hold the answer.</summary>
    public required AnswerOutputs Answer { get; init; }

    /// <summary>Rows with the trainer's own answers.</summary>
    public required GoldenRows Golden { get; init; }

    /// <summary>What <c>performance.json</c> says of how well the model does, an object; null when there is none.</summary>
    public JsonElement? Performance { get; init; }

    /// <summary>What <c>reference.json</c> says of the training rows' features, an object; null when there is none.</summary>
    public JsonElement? Reference { get; init; }

    /// <summary>What <c>args.json</c> says of how the model was trained, an object; null when there is none.</summary>
    public JsonElement? Arguments { get; init; }
}
