using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>Whether the rows of a version's callers are joined, and why.</summary>
/// <param name="Policy">How they are; null when they are not.</param>
/// <param name="Reason">One sentence for people.</param>
public sealed record BatchingDecision(BatchingPolicy? Policy, string Reason)
{
    /// <summary>What a row must save in microseconds: handing it to another thread and its answer back costs about as much.</summary>
    public const double SmallestSaving = 20;

    /// <summary>What a row must save as a share of its cost: less is lost again in waiting.</summary>
    public const double SmallestShare = 1.0 / 3;

    /// <summary>Decides, timing the scorer only where its answer counts.</summary>
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

    /// <summary>Decides by what was timed.</summary>
    public static BatchingDecision Of(BatchingPolicy policy, BatchingTrial trial)
    {
        var saving = trial.AloneMicroseconds - trial.JoinedMicroseconds;
        var pays = saving >= SmallestSaving && saving >= SmallestShare * trial.AloneMicroseconds;
        var timed = FormattableString.Invariant($"a row takes {trial.AloneMicroseconds:0} µs alone and {trial.JoinedMicroseconds:0} µs among {trial.Rows}");
        return pays
            ? new BatchingDecision(policy, $"On: {timed}.")
            : new BatchingDecision(null, $"Off: {timed}, which is less than waiting for others costs.");
    }
}
