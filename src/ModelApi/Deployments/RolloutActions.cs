using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>Keeps and ends rollouts in the store.</summary>
internal sealed class RolloutActions(IDeploymentStore store, ModelRegistry registry, Deployer deployer, ILogger<RolloutActions> logger)
    : IRolloutActions
{
    public Task<bool> SaveAsync(RolloutRun run, CancellationToken cancellationToken) => store.SaveRolloutStateAsync(
        run.Model, registry.Snapshot.Find(run.Model)?.Placement.Revision ?? 0, run.ToState().ToJson(), cancellationToken);

    public async Task EndAsync(RolloutRun run, CancellationToken cancellationToken)
    {
        var (settings, verdict) = (run.Settings, run.Verdict!);
        if (!verdict.IsPromotion
            && registry.Snapshot.Find(run.Model)?.Placement is { Rollout: { } rollout } placement && rollout.Id == settings.Id)
        {
            // A bad version answers nobody any more, also while the store is away.
            await registry.PlaceAsync(
                new Dictionary<string, ModelPlacement> { [run.Model] = placement with { Rollout = null } },
                areAll: false,
                cancellationToken);
        }

        var deployed = await deployer.ChangeAsync(
            run.Model,
            Expectation.None,
            Actor.Rollout,
            (editing, _) => Task.FromResult(Decision.Of(null, RolloutEdits.Conclude(editing, run))),
            cancellationToken);
        if (deployed is { Problem: null, Edit: { ChangesNothing: false } edit })
        {
            if (edit.Action == Actions.Withdraw)
            {
                logger.Withdrawn(run.Model, settings.Version, verdict.Reason);
            }
            else
            {
                logger.Promoted(run.Model, settings.Version, verdict.Reason);
            }
        }
    }
}
