namespace ModelApi.Shutdown;

/// <summary>Delays the stop after SIGTERM: the port stays open, with readiness at 503, until load balancers have noticed.</summary>
internal sealed class Draining(TimeSpan delay, TimeProvider time) : IHostedLifecycleService
{
    private volatile bool _isDraining;

    /// <summary>Whether the process has been told to stop.</summary>
    public bool IsDraining => _isDraining;

    // Runs before any service stops, Kestrel among them.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isDraining = true;
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
