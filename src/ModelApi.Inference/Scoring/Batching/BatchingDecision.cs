using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>Whether the rows of a version's callers are joined, and why.</summary>
/// <param name="Policy">How they are joined, or null.</param>
/// <param name="Reason">One sentence for people.</param>
public sealed record BatchingDecision(BatchingPolicy? Policy, string Reason)
{
    /// <summary>The least saving per row in microseconds: about the cost of handing a row to another thread and its answer back.</summary>
    public const double SmallestSaving = 20;

    /// <summary>The least saving as a share of a row's cost: waiting costs more than a smaller one gains.</summary>
    public const double SmallestShare = 1.0 / 3;

    /// <summary>Decides for a version; times the scorer only where the decision depends on it.</summary>
    /// <param name="policy">The version's policy.</param>
    /// <param name="scorer">A scorer that is warm.</param>
    /// <param name="time">Times the scorer.</param>
    public static BatchingDecision Of(BatchingPolicy policy, IScorer scorer, Func<BatchingTrial> time) => policy.Mode switch
    {
        BatchingMode.Off => new BatchingDecision(null, "Off by configuration or manifest."),
        BatchingMode.On => new BatchingDecision(policy, "On by configuration or manifest."),
        _ when !scorer.GainsFromBatching => new BatchingDecision(null, "Off: for this engine a row costs the same alone and among others."),
        _ when policy.MaxRows == 1 => new BatchingDecision(null, "Off: a call may hold one row only."),
        _ => Of(policy, time()),
    };

    /// <summary>Decides by measured times.</summary>
    public static BatchingDecision Of(BatchingPolicy policy, BatchingTrial trial)
    {
        var saving = trial.AloneMicroseconds - trial.JoinedMicroseconds;
        var pays = saving >= SmallestSaving && saving >= SmallestShare * trial.AloneMicroseconds;
        var timed = FormattableString.Invariant(
            $"a row takes {trial.AloneMicroseconds:0} µs alone and {trial.JoinedMicroseconds:0} µs among {trial.Rows}");
        return pays
            ? new BatchingDecision(policy, $"On: {timed}.")
            : new BatchingDecision(null, $"Off: {timed}, which is less than waiting for others costs.");
    }
}
