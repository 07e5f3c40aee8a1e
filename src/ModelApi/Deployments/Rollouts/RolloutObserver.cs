using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Overload;
using ModelApi.Predictions;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Hands copies of calls to the comparison, once they are answered; under load it drops and counts them.</summary>
internal sealed class RolloutObserver(RolloutRuns runs, RolloutQueue queue, PredictionGate gate) : IPredictionObserver
{
    // To copy more would keep the caller waiting, and the worker busy with one call.
    private const int LongestBody = 1024 * 1024;

    public bool Wants(PredictionCall call, int bytes)
    {
        if (call.Trial is not { Placement.Rollout: { } rollout } trial
            || (rollout.Mode == RolloutMode.Canary && !ReferenceEquals(call.Version, trial.Candidate))
            || runs.Find(trial.Name) is not { Verdict: null } run
            || run.Settings.Id != rollout.Id
            || (run.Settings.Sample < 1 && Random.Shared.NextDouble() >= run.Settings.Sample))
        {
            return false;
        }

        if (gate.Waiting == 0 && bytes <= LongestBody && queue.HasRoom(bytes))
        {
            return true;
        }

        run.Drop();
        return false;
    }

    public void Observe(PredictionCall call)
    {
        if (call.Trial is not { } trial || call.TakeBody(out var length) is not { } body)
        {
            return;
        }

        if (runs.Find(trial.Name) is { } run)
        {
            var hasFailed = call.Outcome == PredictionOutcome.Failed && call.Failure?.Kind is not FailureKind.Overloaded;
            queue.Add(new RolloutSample(run, call.Protocol, call.TakesRowsOnly, hasFailed, body, length));
        }
    }
}
