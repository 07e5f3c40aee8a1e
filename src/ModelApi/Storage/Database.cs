using System.Data.Common;
using System.Diagnostics;

namespace ModelApi.Storage;

/// <summary>
/// The store's database: opened and brought up to date by the first who needs it, and opened again after it was away. All work in it is
/// done here, so that each failure has a reason and is seen by everybody.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private const int MostTries = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IDialect? _dialect;
    private readonly Migrator? _migrator;
    private readonly ILogger<Database> _logger;
    private readonly Lock _lock = new();

    private volatile StoreState _state;
    private Task? _opening;
    private long _failedAt;

    /// <param name="dialect">The database's; null for a server that keeps nothing.</param>
    /// <param name="migrations">The whole schema.</param>
    /// <param name="time">The time that is written into the journal.</param>
    /// <param name="logger">Told when the store comes and goes.</param>
    public Database(IDialect? dialect, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<Database> logger)
    {
        _dialect = dialect;
        _migrator = dialect is null ? null : new Migrator(dialect, migrations, time);
        _logger = logger;
        _state = dialect is null ? StoreState.Off : StoreState.Unopened;
    }

    public StoreState State => _state;

    /// <summary>Whether there may be anything to read: nothing was ever stored while the file does not exist.</summary>
    public bool MayHoldData => _dialect?.MayHoldData ?? false;

    /// <exception cref="StoreUnavailableException">There is no store.</exception>
    public IDialect Dialect => _dialect ?? throw new StoreUnavailableException(_state);

    /// <summary>Reads everything as it is at one moment.</summary>
    /// <param name="read">Without effects: it is repeated when the connection was broken.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public Task<T> ReadAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, stop) =>
            {
                await using var transaction = await Dialect.BeginReadingAsync(connection, stop);
                return await read(transaction, stop);
            },
            cancellationToken);

    /// <summary>Makes a change: all of it or nothing.</summary>
    /// <param name="change">Works in the transaction alone: it is repeated when it met another change or a broken connection.</param>
    /// <param name="cancellationToken">Ends the change before it is committed.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public Task<T> ChangeAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, stop) =>
            {
                await using var transaction = await Dialect.BeginChangingAsync(connection, stop);
                var result = await change(transaction, stop);
                await CommitAsync(transaction);
                return result;
            },
            cancellationToken);

    /// <summary>Opens the store unless it is open, and then a connection.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await BeOpenAsync(cancellationToken);
        try
        {
            return await Dialect.OpenAsync(cancellationToken);
        }
        catch (Exception exception) when (Find(exception) is { } away)
        {
            throw away;
        }
    }

    /// <summary>Tells everybody that the store is away, where that is what has failed.</summary>
    /// <returns>Null for a failure of another kind.</returns>
    public StoreUnavailableException? Find(Exception exception)
    {
        if (exception is StoreUnavailableException known)
        {
            return known;
        }

        if (exception is OperationCanceledException || Dialect.Explain(exception) is not { } reason)
        {
            return null;
        }

        Close(reason, exception);
        return new StoreUnavailableException(reason, exception);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dialect is not null)
        {
            await _dialect.DisposeAsync();
        }
    }

    private async Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await using var connection = await OpenAsync(cancellationToken);
            try
            {
                return await work(connection, cancellationToken);
            }
            catch (Exception exception) when (tries < MostTries && (Dialect.IsConflict(exception) || Dialect.IsBroken(exception)))
            {
                // The pauses differ, so that two who met do not meet again.
                await Task.Delay(Random.Shared.Next(5, 20 * tries), cancellationToken);
            }
            catch (Exception exception) when (exception is not StoreUnavailableException && Find(exception) is { } away)
            {
                throw away;
            }
        }
    }

    private async Task CommitAsync(DbTransaction transaction)
    {
        try
        {
            // Without a token: a change that is cancelled here would be made or not, and nobody would know.
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception exception) when (!Dialect.IsConflict(exception) && Find(exception) is { } away)
        {
            throw new StoreUnavailableException($"{away.Message} Whether the change was made is unknown; look before you repeat it.", away);
        }
    }

    private Task BeOpenAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_dialect is null || (_opening is null && _failedAt != 0 && Stopwatch.GetElapsedTime(_failedAt) < Pause))
            {
                throw new StoreUnavailableException(_state);
            }

            // Once for all who wait, and whether or not they go on waiting.
            _opening ??= Task.Run(OpenOnceAsync, CancellationToken.None);
            return _opening.WaitAsync(cancellationToken);
        }
    }

    private async Task OpenOnceAsync()
    {
        try
        {
            await _dialect!.PrepareAsync(CancellationToken.None);
            foreach (var script in await _migrator!.MigrateAsync(CancellationToken.None))
            {
                _logger.ScriptApplied(script);
            }

            _state = StoreState.Available;
            _logger.StoreOpened(_dialect.Description);
        }
        catch (Exception exception)
        {
            var reason = exception is StoreUnavailableException ? exception.Message
                : _dialect!.Explain(exception) ?? "The store cannot be opened; the log says why.";
            Close(reason, exception);
            throw new StoreUnavailableException(reason, exception);
        }
    }

    private void Close(string reason, Exception cause)
    {
        lock (_lock)
        {
            var before = _state;
            _opening = null;
            _failedAt = Stopwatch.GetTimestamp();
            _state = before == StoreState.Available || before.IsDegraded || MayHoldData
                ? StoreState.Away(reason)
                : StoreState.Without(reason);
            if (_state == before)
            {
                return;
            }
        }

        if (_state.IsDegraded)
        {
            _logger.StoreAway(reason, Dialect.Description, cause.Message);
        }
        else
        {
            _logger.NoStore(reason, Dialect.Description, cause.Message);
        }
    }
}
