using System.Text.Json.Serialization;

namespace ModelApi.Deployments.Rollouts;

/// <summary>When a rollout ends in a promotion: after so many rows, or after some time.</summary>
/// <param name="Rows">Rows that were compared; null where <paramref name="Time"/> is given.</param>
/// <param name="Time">Time since the start; null where <paramref name="Rows"/> is given.</param>
[JsonConverter(typeof(PromoteAfterConverter))]
internal sealed record PromoteAfter(long? Rows, TimeSpan? Time)
{
    /// <summary>Whether the rollout has lasted as long.</summary>
    public bool IsReached(long rows, TimeSpan running) => Rows is { } least ? rows >= least : running >= Time;
}
