using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Models;

/// <summary>Loads the registry once, beside the start of the server, so that the port is open while models load.</summary>
internal sealed class ModelLoading(ModelRegistry registry, ILogger<ModelLoading> logger) : BackgroundService
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every version is ready or failed.</summary>
    public Task Completion => _completion.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A model that loads without waiting once must not hold up the other services.
        await Task.Yield();
        try
        {
            await registry.LoadAsync(stoppingToken);

            // What loading leaves behind is many times what serving needs, and never comes again.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.ReturnFreeMemory();
            Report();
            _completion.SetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _completion.SetCanceled(stoppingToken);
        }
        catch (Exception exception)
        {
            // The host stops when a background service fails, and would call that a success.
            Environment.ExitCode = 1;
            _completion.SetException(exception);
            throw;
        }
    }

    private void Report()
    {
        if (registry.RootFault is { } fault)
        {
            logger.NothingFound(fault);
        }

        foreach (var version in registry.Models.SelectMany(model => model.Versions))
        {
            if (version.State == VersionState.Ready)
            {
                logger.VersionLoaded(version.Model, version.Version, version.Scorer!.Engine, version.LoadTime.TotalMilliseconds, version.Golden!.Rows, version.Golden.LargestDifference);
            }
            else
            {
                logger.VersionFailed(version.Model, version.Version, version.Faults.Count, string.Join(" | ", version.Faults));
            }
        }
    }
}
