using System.Text.Json.Nodes;

namespace ModelApi.Inference.Contracts;

/// <summary>One difference between the contracts of two versions.</summary>
/// <param name="Path">The JSON path in <c>model.json</c>: of the new version, or of the old one for what it no longer has.</param>
/// <param name="Change">What happened.</param>
/// <param name="IsBreaking">Whether a client that was written for the old version may fail.</param>
/// <param name="Old">What the old version has; of a list, the items that the new one lacks. Null where there is nothing.</param>
/// <param name="New">What the new version has; of a list, the items that the old one lacks. Null where there is nothing.</param>
/// <param name="Message">The difference and what it means for clients, in words.</param>
public sealed record ContractDifference(
    string Path, ContractChange Change, bool IsBreaking, JsonNode? Old, JsonNode? New, string Message);
