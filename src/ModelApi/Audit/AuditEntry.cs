namespace ModelApi.Audit;

/// <summary>Who did what.</summary>
/// <param name="User">The caller's name, or that of the part of the server that acted by itself.</param>
/// <param name="Action">A word for what was done: <c>promote</c>.</param>
/// <param name="Model">The model that it was done to, if any.</param>
/// <param name="Version">The version, if any.</param>
/// <param name="DetailJson">More about it, as a JSON object.</param>
/// <param name="TraceId">What ties it to the request and its log.</param>
internal sealed record AuditEntry(string User, string Action, string? Model, string? Version, string? DetailJson, string? TraceId);
