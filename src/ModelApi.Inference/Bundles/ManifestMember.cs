namespace ModelApi.Inference.Bundles;

/// <summary>A member of an object in a JSON document.</summary>
internal sealed record ManifestMember(string Name, ManifestNode Value);
