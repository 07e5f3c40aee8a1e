using System.Text.Json;

namespace ModelApi.Deployments.Rollouts;

/// <summary><see cref="RolloutStatistics"/> in the store.</summary>
internal sealed record RolloutState
{
    /// <summary><see cref="RolloutSettings.Id"/> of the rollout that they belong to.</summary>
    public required string Id { get; init; }

    public long Rows { get; init; }

    public long RefusedByBoth { get; init; }

    public long ProductionErrors { get; init; }

    public long CandidateErrors { get; init; }

    public long Labelled { get; init; }

    public long Differing { get; init; }

    public long Dropped { get; init; }

    public long BlockRows { get; init; }

    public long BlockErrors { get; init; }

    public long BlockDiffering { get; init; }

    public long WorstErrors { get; init; }

    public long WorstDiffering { get; init; }

    public required StoredConfusion Confusion { get; init; }

    public required StoredSketch Scores { get; init; }

    public required StoredSketch ProductionSeconds { get; init; }

    public required StoredSketch CandidateSeconds { get; init; }

    /// <summary>The state as the store keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RolloutJson.Default.RolloutState);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It was not written so.</exception>
    public static RolloutState OfJson(string json) =>
        JsonSerializer.Deserialize(json, RolloutJson.Default.RolloutState) ?? throw new JsonException("The state is null.");
}
