using System.Threading.Channels;
using ModelApi.Inference.Registry;
using ModelApi.Overload;
using ModelApi.Shutdown;

namespace ModelApi.Models;

/// <summary>
/// Loads the registry once, beside the start of the server, so that the port is open while models load; and compares the engines of each
/// version some seconds after it is loaded, then or later.
/// </summary>
internal sealed class ModelLoading(ModelRegistry registry, TimeProvider time, ILogger<ModelLoading> logger) : EarlyService
{
    private static readonly TimeSpan CollectAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckAfter = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ModelVersion> _unchecked = Channel.CreateUnbounded<ModelVersion>();

    /// <summary>Completes when every version is ready or failed.</summary>
    public Task Completion => _completion.Task;

    protected override void Prepare() => registry.VersionLoaded += Report;

    protected override Task BeginAsync(CancellationToken stoppingToken) => registry.LoadAsync(stoppingToken);

    protected override async Task GoOnAsync(Task early, CancellationToken stoppingToken)
    {
        try
        {
            await early;
            if (registry.Snapshot is { RootFault: { } fault, Models.Count: 0 })
            {
                logger.NothingFound(fault);
            }

            _completion.SetResult();

            // What loading leaves behind is many times what serving needs, and never comes again. Not at once: the requests that waited
            // for the models must not wait for this too.
            await Task.Delay(CollectAfter, time, stoppingToken);
            IdleMemory.Return();
            await Task.Delay(CheckAfter, time, stoppingToken);
            await CheckEnginesAsync(stoppingToken);
            IdleMemory.Return();
            while (await _unchecked.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(CheckAfter, time, stoppingToken);
                await CheckEnginesAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _completion.TrySetCanceled(stoppingToken);
        }
        catch (Exception exception)
        {
            // The host stops when a background service fails, and would call that a success.
            Environment.ExitCode = 1;
            _completion.TrySetException(exception);
            throw;
        }
    }

    // One after the other: requests are served meanwhile.
    private async Task CheckEnginesAsync(CancellationToken stoppingToken)
    {
        while (_unchecked.Reader.TryRead(out var version))
        {
            try
            {
                if (await registry.CheckAsync(version, stoppingToken) is { } difference)
                {
                    logger.EnginesDiffer(version.Model, version.Version, version.Scorer!.Engine, difference);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // An exception here would stop the server. The version has reproduced its golden rows, and serves on as it is.
                logger.EngineNotChecked(version.Model, version.Version, exception.Message);
            }
        }
    }

    private void Report(ModelVersion version)
    {
        if (version is { State: VersionState.Ready, Scorer: { } scorer, Golden: { } golden })
        {
            logger.VersionLoaded(
                version.Model, version.Version, scorer.Engine, version.LoadTime.TotalMilliseconds, golden.Rows, golden.LargestDifference);
            _unchecked.Writer.TryWrite(version);
        }
        else
        {
            logger.VersionFailed(version.Model, version.Version, version.FaultCount, ShownFaults.Text(version));
        }
    }
}
