using ModelApi.Storage;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Carries out the verdicts on rollouts, and keeps what they have shown.</summary>
internal sealed class RolloutKeeper(RolloutRuns runs, RolloutWorker worker, IRolloutActions actions, ILogger<RolloutKeeper> logger)
    : BackgroundService
{
    private const int RoundsBetweenSaves = 5;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly Dictionary<RolloutRun, long> _saved = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var round = 1; ; round++)
            {
                // Time alone can bring a verdict; without rollouts there is nothing to look at.
                var isNeeded = runs.All.Any();
                worker.Need(isNeeded);
                await runs.WaitAsync(isNeeded ? Round : Timeout.InfiniteTimeSpan, stoppingToken);
                foreach (var run in runs.All)
                {
                    await TryAsync(run, EndAsync, stoppingToken);
                    if (round % RoundsBetweenSaves == 0)
                    {
                        await TryAsync(run, SaveAsync, stoppingToken);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last rows count too.
            foreach (var run in runs.All)
            {
                await TryAsync(run, SaveAsync, CancellationToken.None);
            }
        }
    }

    private async Task EndAsync(RolloutRun run, CancellationToken cancellationToken)
    {
        run.Judge();
        if (run.Verdict is not null)
        {
            await actions.EndAsync(run, cancellationToken);
        }
    }

    private async Task SaveAsync(RolloutRun run, CancellationToken cancellationToken)
    {
        var seen = run.Seen;
        if (seen != _saved.GetValueOrDefault(run) && await actions.SaveAsync(run, cancellationToken))
        {
            foreach (var ended in _saved.Keys.Except(runs.All).ToList())
            {
                _saved.Remove(ended);
            }

            _saved[run] = seen;
        }
    }

    // While the store is away, the rollout goes on, or waits for its end.
    private async Task TryAsync(RolloutRun run, Func<RolloutRun, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action(run, cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            logger.NotStored(run.Model, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One model must not end the rollouts of all others, nor the server.
            logger.NotConcluded(run.Model, exception);
        }
    }
}
