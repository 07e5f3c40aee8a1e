namespace ModelApi.Deployments;

/// <summary>A change of a model, as its history has it.</summary>
/// <param name="Id">Its number: a later change has a larger one.</param>
/// <param name="At">When it was made.</param>
/// <param name="User">Who made it.</param>
/// <param name="Action">A word for it.</param>
/// <param name="Version">The version that it is about, if any.</param>
/// <param name="Before">The version that was in its place before, if any.</param>
/// <param name="DetailJson">More about it, as a JSON object.</param>
/// <param name="TraceId">What ties it to its request.</param>
internal sealed record HistoryEntry(
    long Id, DateTimeOffset At, string User, string Action, string? Version, string? Before, string? DetailJson, string? TraceId);
