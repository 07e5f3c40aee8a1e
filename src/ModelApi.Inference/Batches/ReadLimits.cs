namespace ModelApi.Inference.Batches;

/// <summary>How much one request may hold.</summary>
/// <param name="MaxDepth">Levels of nesting in the JSON, at least 1.</param>
/// <param name="MaxRows">Rows in one request, at least 1.</param>
public sealed record ReadLimits(int MaxDepth = 32, int MaxRows = 10_000);
