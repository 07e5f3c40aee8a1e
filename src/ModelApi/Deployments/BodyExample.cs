namespace ModelApi.Deployments;

/// <summary>Metadata of endpoints that read their bodies themselves: a body that works, for the document.</summary>
/// <param name="Json">The body.</param>
internal sealed record BodyExample(string Json);
