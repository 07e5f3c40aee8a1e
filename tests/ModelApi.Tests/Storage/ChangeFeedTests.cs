using System.Diagnostics;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Storage;

public sealed class ChangeFeedTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    [Theory, Databases]
    public async Task A_change_is_seen_by_another_server_within_two_seconds(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (one, other) = (store.Replica(), store.Replica());
        await one.AnnounceAsync("a");
        await using var changes = await Changes.StartAsync(other, "a");
        Assert.Equal(1, await changes.NextAsync());

        var start = Stopwatch.GetTimestamp();
        await one.AnnounceAsync("a");

        Assert.Equal(2, await changes.NextAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Most);
    }

    [Theory, Databases]
    public async Task A_change_of_another_topic_is_not_told(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var (one, other) = (store.Replica(), store.Replica());
        await one.AnnounceAsync("a");
        await using var changes = await Changes.StartAsync(other, "a");
        await changes.NextAsync();

        await one.AnnounceAsync("b");
        await Task.Delay(1200);
        await one.AnnounceAsync("a");

        Assert.Equal(2, await changes.NextAsync());
    }

    [PostgresFact]
    public async Task A_change_is_seen_while_the_database_comes_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var store = await TestStore.CreateAsync(server);
        var (one, other) = (store.Replica(), store.Replica());
        await one.AnnounceAsync("a");
        await using var changes = await Changes.StartAsync(other, "a");
        await changes.NextAsync();

        await server.StopServerAsync();
        var exception = await Assert.ThrowsAsync<ModelApi.Storage.StoreUnavailableException>(() => one.AnnounceAsync("a"));
        await Task.Delay(1500);
        var whileAway = other.Database.State;
        await server.StartServerAsync();
        await Task.Delay(1100);
        var start = Stopwatch.GetTimestamp();
        await one.AnnounceAsync("a");

        Assert.Equal("The database cannot be reached.", exception.Message);
        Assert.True(whileAway.IsDegraded);
        for (long version = 0; version != 2; version = await changes.NextAsync())
        {
            // The store that is back again is told first.
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Most);
        Assert.True(other.Database.State.IsAvailable);
    }

    /// <summary>The changes that a server hears of.</summary>
    private sealed class Changes : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly IAsyncEnumerator<long> _versions;

        private Changes(TestReplica replica, string topic) =>
            _versions = replica.Feed.WatchAsync(topic, _stop.Token).GetAsyncEnumerator(CancellationToken.None);

        public static async Task<Changes> StartAsync(TestReplica replica, string topic)
        {
            // A store that is open is followed at once.
            await replica.ScalarAsync<long>("select count(*) from feed");
            var changes = new Changes(replica, topic);
            await replica.Feed.StartAsync(CancellationToken.None);
            return changes;
        }

        public async Task<long> NextAsync()
        {
            Assert.True(await _versions.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
            return _versions.Current;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _versions.DisposeAsync();
            _stop.Dispose();
        }
    }
}
