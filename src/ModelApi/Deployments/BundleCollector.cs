using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Deletes the archives that no version needs any longer: at the start, and after each change of models.</summary>
internal sealed class BundleCollector(IDeploymentStore store, BundleFiles archives, ILogger<BundleCollector> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in store.WatchAsync(stoppingToken))
            {
                while (!await TryCollectAsync(stoppingToken))
                {
                    await Task.Delay(Pause, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task<bool> TryCollectAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await archives.CollectAsync(store.ReadDigestsAsync, stoppingToken);
        }
        catch (StoreUnavailableException exception)
        {
            // The store comes back with another change.
            logger.NotCollected(exception.Message);
            return true;
        }
    }
}
