namespace ModelApi.Deployments.Rollouts;

/// <summary>How a rollout ended, for the history and the audit log.</summary>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Settings">What was asked.</param>
/// <param name="Comparison">What was seen.</param>
internal sealed record RolloutDetail(string Reason, RolloutSettings Settings, RolloutComparison Comparison);
