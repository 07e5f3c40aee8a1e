using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>The content of <c>model.json</c>, for which <c>models/model.schema.json</c> is the schema.</summary>
public sealed record BundleManifest
{
    /// <summary>The name that clients call; also the name of the model's folder.</summary>
    public required string Name { get; init; }

    /// <summary>A positive whole number, as text; also the name of the bundle's folder.</summary>
    public required string Version { get; init; }

    /// <summary>What the model predicts and from what, for people.</summary>
    public required string Description { get; init; }

    /// <summary>What clients send and get.</summary>
    public required Signature Signature { get; init; }

    /// <summary>The ONNX graphs, in the order in which they run.</summary>
    public required IReadOnlyList<GraphManifest> Graphs { get; init; }

    /// <summary>The saved ML.NET model that runs in the place of graphs; null where graphs run.</summary>
    public ModelManifest? Model { get; init; }

    /// <summary>Which outputs of the graphs hold the answer.</summary>
    public required OutputNames Outputs { get; init; }

    /// <summary>How far an answer may be from the trainer's.</summary>
    public Tolerance Tolerance { get; init; } = Tolerance.Usual;

    /// <summary>How rows of several callers are joined; null to leave it to the settings of the server.</summary>
    public BatchingManifest? Batching { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of every file of the bundle except <c>model.json</c>, by file name.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
}

/// <summary>One ONNX graph of a bundle.</summary>
/// <param name="File">Its file name.</param>
/// <param name="Inputs">
/// The source of each graph input that has another name than its source: one earlier output or feature, or several numeric features as
/// the columns of one <c>[N, features]</c> tensor.
/// </param>
public sealed record GraphManifest(string File, IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs);
