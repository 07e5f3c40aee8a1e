using System.Diagnostics;
using ModelApi.Inference.Registry;
using ModelApi.Models;
using ModelApi.Shutdown;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Reads the store at the start, and lets the registry follow it from then on.</summary>
internal sealed class StoreFollower(
    IDeploymentStore store,
    Database database,
    Reconciler reconciler,
    UnpackedBundles bundles,
    ModelRegistry registry,
    ModelLoading loading,
    ILogger<StoreFollower> logger) : EarlyService
{
    // How long a start waits for a store that is away, before it serves the folder of models as if there were none.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Where anything may have been decided, nothing is in production before that is read.
    protected override void Prepare()
    {
        if (database.MayHoldData)
        {
            registry.AwaitPlacements();
        }

        registry.VersionLoaded += KeepProof;
    }

    protected override async Task BeginAsync(CancellationToken stoppingToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await reconciler.CatchUpAsync(stoppingToken);
                return;
            }
            catch (StoreUnavailableException exception)
            {
                if (!database.State.IsDegraded || Stopwatch.GetElapsedTime(start) > Patience)
                {
                    if (database.State.IsDegraded)
                    {
                        logger.NothingDecided(exception.Message);
                    }

                    await reconciler.DoWithoutAsync(stoppingToken);
                    return;
                }

                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    protected override async Task GoOnAsync(Task early, CancellationToken stoppingToken)
    {
        try
        {
            await early;
            await loading.Completion.WaitAsync(stoppingToken);
            await reconciler.ListMissingAsync(stoppingToken);
            await foreach (var _ in store.WatchAsync(stoppingToken))
            {
                await FollowAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            registry.VersionLoaded -= KeepProof;
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        try
        {
            await reconciler.SyncAsync(stoppingToken);
        }
        catch (StoreUnavailableException)
        {
            // The store says so itself, and comes back with another change.
        }
    }

    private void KeepProof(ModelVersion version)
    {
        if (version is { State: VersionState.Ready, Origin: VersionOrigin.Upload, Source.IsIsolated: true })
        {
            bundles.SetProved(version.Source);
        }
    }
}
