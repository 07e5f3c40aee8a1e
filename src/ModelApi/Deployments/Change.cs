namespace ModelApi.Deployments;

/// <summary>What was changed in a model, for its history and the audit log.</summary>
/// <param name="User">Who changed it.</param>
/// <param name="Action">A word for it: <c>promote</c>.</param>
/// <param name="Version">The version that it is about, if any.</param>
/// <param name="Before">The version that was in its place before, if any.</param>
/// <param name="DetailJson">More about it, as a JSON object.</param>
/// <param name="TraceId">What ties it to its request.</param>
internal sealed record Change(string User, string Action, string? Version, string? Before, string? DetailJson, string? TraceId);
