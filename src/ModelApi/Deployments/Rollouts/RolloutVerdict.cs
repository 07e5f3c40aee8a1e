namespace ModelApi.Deployments.Rollouts;

/// <summary>What a rollout ends in.</summary>
/// <param name="IsPromotion">Whether the version goes into production; otherwise it is withdrawn.</param>
/// <param name="Reason">Why, in a sentence for the history and the audit log.</param>
internal sealed record RolloutVerdict(bool IsPromotion, string Reason);
