namespace ModelApi.Shutdown;

/// <summary>Work that begins while the server is still being put together, and goes on as a background service.</summary>
internal abstract class EarlyService : BackgroundService
{
    private readonly CancellationTokenSource _stopping = new();
    private Task? _early;

    /// <summary>Begins the work; a server that has not begun by then does so when it starts. A second call does nothing.</summary>
    public void Begin()
    {
        if (_early is null)
        {
            Prepare();
            _early = Task.Run(() => BeginAsync(_stopping.Token));
        }
    }

    public override void Dispose()
    {
        // The container disposes of a singleton that is a hosted service twice: what is done here can be repeated.
        base.Dispose();
        _stopping.Cancel();
    }

    /// <summary>Done by <see cref="Begin"/> itself, before the work.</summary>
    protected abstract void Prepare();

    /// <summary>The work that begins early.</summary>
    protected abstract Task BeginAsync(CancellationToken stoppingToken);

    /// <summary>What follows once the server has started.</summary>
    /// <param name="early">The work that began early.</param>
    /// <param name="stoppingToken">The server stops.</param>
    protected abstract Task GoOnAsync(Task early, CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var registration = stoppingToken.Register(_stopping.Cancel);
        Begin();
        await GoOnAsync(_early!, stoppingToken);
    }
}
