using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>Makes changes of models: first in the store, then in the registry.</summary>
internal sealed class Deployer(
    IDeploymentStore store, ModelRegistry registry, Reconciler reconciler, VersionLookup versions, TimeProvider time,
    ILogger<Deployer> logger)
{
    private const int MostTries = 8;

    /// <summary>Changes a model.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">The revisions that it may have.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="editAsync">Decides on the change; called again when somebody else was faster and any revision will do.</param>
    /// <param name="cancellationToken">Ends the change before it is made.</param>
    /// <exception cref="Storage.StoreUnavailableException">The store cannot be used now, and nothing was changed.</exception>
    public async Task<Deployed> ChangeAsync(
        string name,
        Expectation expected,
        Actor actor,
        Func<Editing, CancellationToken, Task<Decision>> editAsync,
        CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await reconciler.CatchUpAsync(cancellationToken);
            if (registry.Snapshot.Find(name) is not { } model)
            {
                return versions.TryFindModel(name, out _, out var unknown)
                    ? new(DeploymentProblems.NotByAlias(name))
                    : new(Problem.Of(unknown));
            }

            var record = await store.FindAsync(name, cancellationToken) ?? ModelRecord.New(name);
            if (!expected.Allows(record.Revision))
            {
                return new(DeploymentProblems.ChangedMeanwhile(name, record.Revision));
            }

            var decision = await editAsync(new Editing(record, model, time.GetUtcNow()), cancellationToken);
            if (decision.Edit is not { ChangesNothing: false } edit)
            {
                return new(decision.Problem, decision.Edit, model, record);
            }

            try
            {
                return new(Problem: null, edit, model, await SaveAsync(name, record, edit, actor, cancellationToken));
            }
            catch (ChangedMeanwhileException) when (tries < MostTries && expected.IsNone)
            {
                // The decision was made on an old state; it is made again on the new one.
            }
            catch (ChangedMeanwhileException)
            {
                var now = await store.FindAsync(name, cancellationToken);
                return new(DeploymentProblems.ChangedMeanwhile(name, now?.Revision ?? 0));
            }
        }
    }

    /// <summary>Saves a change, and lets the registry follow.</summary>
    /// <returns>The record as it was saved; null for a model that the store has forgotten.</returns>
    /// <exception cref="ChangedMeanwhileException">Somebody was faster, and nothing was saved.</exception>
    public async Task<ModelRecord?> SaveAsync(string name, ModelRecord record, Edit edit, Actor actor, CancellationToken cancellationToken)
    {
        var change = new Change(actor.User, edit.Action, edit.Version, edit.Before, edit.DetailJson, actor.TraceId);
        if (edit.Record is { } changed)
        {
            var saved = await store.SaveAsync(changed, change, cancellationToken);
            logger.Changed(actor.User, edit.Action, name, edit.Version ?? "all", edit.Before ?? "none");

            // The change is made; that its caller has gone must not keep the registry from it.
            await reconciler.ApplyAsync(saved, CancellationToken.None);
            return saved;
        }

        if (record.Revision > 0)
        {
            await store.DeleteAsync(name, record.Revision, change, cancellationToken);
            logger.Changed(actor.User, edit.Action, name, edit.Version ?? "all", edit.Before ?? "none");
        }

        await reconciler.ForgetAsync(name, CancellationToken.None);
        return null;
    }
}
