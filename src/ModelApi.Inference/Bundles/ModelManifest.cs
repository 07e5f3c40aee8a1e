namespace ModelApi.Inference.Bundles;

/// <summary>The saved ML.NET model of a bundle, which stands in the place of graphs.</summary>
/// <param name="File">Its file name.</param>
/// <param name="Inputs">
/// The features of each column of the model that has another name than its feature; several are the elements of a vector.
/// </param>
/// <param name="Reason">Why it is not ONNX, in one sentence for people; null when that is not known.</param>
public sealed record ModelManifest(string File, IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs, string? Reason);
