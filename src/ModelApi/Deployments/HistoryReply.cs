using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelApi.Deployments;

/// <summary>The changes of a model, the newest first.</summary>
/// <param name="Model">The model.</param>
/// <param name="Entries">The changes.</param>
/// <param name="Next">The value of <c>before</c> for the changes before these; null where there are none.</param>
internal sealed record HistoryReply(string Model, IReadOnlyList<HistoryEntryReply> Entries, long? Next);

/// <summary>A change of a model.</summary>
/// <param name="Id">Its number: a later change has a larger one.</param>
/// <param name="At">When it was made.</param>
/// <param name="User">Who made it.</param>
/// <param name="Action">What was done.</param>
/// <param name="Version">The version that it is about, if any.</param>
/// <param name="Before">The version that was in its place before, if any.</param>
/// <param name="Detail">More about it.</param>
/// <param name="TraceId">What ties it to its request.</param>
internal sealed record HistoryEntryReply(
    long Id,
    DateTimeOffset At,
    string User,
    string Action,
    string? Version,
    string? Before,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Detail,
    string? TraceId)
{
    public static HistoryEntryReply Of(HistoryEntry entry) => new(
        entry.Id, entry.At, entry.User, entry.Action, entry.Version, entry.Before,
        entry.DetailJson is null ? null : JsonSerializer.Deserialize<JsonElement>(entry.DetailJson), entry.TraceId);
}
