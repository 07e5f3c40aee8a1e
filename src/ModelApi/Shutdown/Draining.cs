namespace ModelApi.Shutdown;

/// <summary>Keeps the port open for a while after SIGTERM, with readiness at 503, before the server stops.</summary>
internal sealed class Draining(TimeSpan delay, TimeProvider time) : IHostedLifecycleService
{
    private volatile bool _isDraining;

    /// <summary>Whether the process was asked to stop.</summary>
    public bool IsDraining => _isDraining;

    // Runs before any service, Kestrel among them, is stopped.
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
