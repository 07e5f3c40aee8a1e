using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dapper;

namespace ModelApi.Storage;

/// <summary>
/// Tells what has changed in the store, whichever process changed it: by notifications where the database has them, and by asking once a
/// second. Also what opens the store again after it was away.
/// </summary>
/// <remarks>
/// A topic has a version, which each change raises in its own transaction. A change waits for the one before it to be committed, so nobody
/// can see a later version before an earlier one.
/// </remarks>
internal sealed class ChangeFeed(Database database, ILogger<ChangeFeed> logger) : BackgroundService
{
    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Where nothing was ever stored, nobody else has: a change that is asked for tries by itself.
    private static readonly TimeSpan LongInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Watcher, byte> _watchers = [];

    /// <summary>Says, as a part of a change, that there is one.</summary>
    /// <returns>The new version of the topic, above all that it ever had.</returns>
    public async Task<long> AnnounceAsync(DbTransaction transaction, string topic, CancellationToken cancellationToken)
    {
        var version = await transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into feed (topic, version) values (@topic, 1)
            on conflict (topic) do update set version = feed.version + 1
            returning version
            """,
            new { topic },
            transaction,
            cancellationToken: cancellationToken));
        await database.Dialect.NotifyAsync(transaction, cancellationToken);
        return version;
    }

    /// <summary>
    /// Waits for changes: comes back once when the store can be read for the first time, and after that for changes (several at once may be
    /// one), and whenever the store was away. Ends with the token.
    /// </summary>
    public async IAsyncEnumerable<long> WatchAsync(string topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher(topic);
        _watchers.TryAdd(watcher, 0);
        try
        {
            await foreach (var version in watcher.Versions.Reader.ReadAllAsync(cancellationToken))
            {
                yield return version;
            }
        }
        finally
        {
            _watchers.TryRemove(watcher, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Nothing is opened on the way of a start, unless somebody has asked for it.
            var start = Stopwatch.GetTimestamp();
            while (database.State == StoreState.Unopened && Stopwatch.GetElapsedTime(start) < StartPause)
            {
                await Task.Delay(StartPause / 20, stoppingToken);
            }

            while (database.State != StoreState.Off)
            {
                await FollowAsync(stoppingToken);
                await Task.Delay(database.State is { IsAvailable: false, IsDegraded: false } ? LongInterval : Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(stoppingToken);
            await database.Dialect.ListenAsync(connection, stoppingToken);
            foreach (var watcher in _watchers.Keys)
            {
                watcher.Forget();
            }

            while (database.State.IsAvailable)
            {
                await TellAsync(connection, stoppingToken);
                await database.Dialect.WaitAsync(connection, Interval, stoppingToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database has said why. What else fails here must not stop the server, and is tried again.
            if (database.Find(exception) is null)
            {
                logger.FeedFailed(exception);
            }
        }
    }

    private async Task TellAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "select topic, version from feed";
        command.CommandTimeout = 3;
        var versions = new Dictionary<string, long>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                versions.Add(reader.GetString(0), reader.GetInt64(1));
            }
        }

        foreach (var watcher in _watchers.Keys)
        {
            watcher.Tell(versions.GetValueOrDefault(watcher.Topic));
        }
    }

    private sealed class Watcher(string topic)
    {
        // What was read last; none at first and after the store was away.
        private long? _last;

        public string Topic => topic;

        /// <summary>The newest version that the watcher has not taken.</summary>
        public Channel<long> Versions { get; } =
            Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

        public void Forget() => _last = null;

        public void Tell(long version)
        {
            if (_last != version)
            {
                _last = version;
                Versions.Writer.TryWrite(version);
            }
        }
    }
}
