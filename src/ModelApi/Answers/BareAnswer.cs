namespace ModelApi.Answers;

/// <summary>Metadata of routes whose answer is never put into an envelope: pages and the OpenAPI document.</summary>
internal sealed class BareAnswer;
