using System.Text.Json.Nodes;
using ModelApi.Inference.Scoring;

namespace ModelApi.Inference.Packing;

/// <summary>A bundle that was made, or would have been.</summary>
/// <param name="Folder">Its folder; null where it was only tried.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Golden">The result of scoring its golden rows.</param>
/// <param name="Inputs">By feature, the graph inputs that it feeds.</param>
/// <param name="Notes">Sentences about what was found, left out or should be better.</param>
public sealed record PackResult(
    string? Folder, JsonObject Manifest, GoldenReport Golden, IReadOnlyDictionary<string, string> Inputs, IReadOnlyList<string> Notes);
