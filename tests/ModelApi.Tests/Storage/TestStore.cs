using Microsoft.Extensions.Logging.Abstractions;
using ModelApi.Audit;
using ModelApi.Deployments;
using ModelApi.Storage;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Storage;

/// <summary>An empty store, and servers on it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly List<TestReplica> _replicas = [];
    private readonly HashSet<string> _folders = [];

    private TestStore(StorageOptions options) => Options = options;

    public StorageOptions Options { get; }

    public string Root => Options.Root!;

    public static async Task<TestStore> CreateAsync(DatabaseKind kind, bool hasSharedFolder = false) => kind == DatabaseKind.Sqlite
        ? new TestStore(new StorageOptions { Folder = NewFolder(), SharedFolder = hasSharedFolder ? NewFolder() : null })
        : await CreateAsync(await PostgresServer.GetAsync());

    public static async Task<TestStore> CreateAsync(PostgresServer server) =>
        new(new StorageOptions { Folder = NewFolder(), ConnectionString = await server.CreateDatabaseAsync() });

    /// <summary>A server on the store, as far as storage goes.</summary>
    public TestReplica Replica(IReadOnlyList<Migration>? migrations = null, bool isOnOtherMachine = false)
    {
        var options = isOnOtherMachine ? Options with { Folder = NewFolder() } : Options;
        var replica = new TestReplica(options, migrations ?? Migration.ReadAll());
        _replicas.Add(replica);
        _folders.UnionWith(new[] { options.Root, options.SharedFolder }.OfType<string>());
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        foreach (var folder in _folders.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NewFolder() => Path.Combine(Path.GetTempPath(), $"modelapi-store-{Guid.NewGuid():n}");
}

/// <summary>What a server has of the store.</summary>
internal sealed class TestReplica : IAsyncDisposable
{
    public TestReplica(StorageOptions options, IReadOnlyList<Migration> migrations)
    {
        Database = new Database(StorageExtensions.DialectOf(options), migrations, TimeProvider.System, NullLogger<Database>.Instance);
        Bundles = new BundleFiles(options, Database, TimeProvider.System);
        Feed = new ChangeFeed(Database, NullLogger<ChangeFeed>.Instance);
        Deployments = new DeploymentStore(Database, Feed, new AuditLog(TimeProvider.System), TimeProvider.System);
    }

    public Database Database { get; }

    public BundleFiles Bundles { get; }

    public ChangeFeed Feed { get; }

    public DeploymentStore Deployments { get; }

    /// <summary>Runs a query that gives one value.</summary>
    public async Task<T> ScalarAsync<T>(string sql) => await Database.ReadAsync(
        async (transaction, stop) =>
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return (T)Convert.ChangeType(
                (await command.ExecuteScalarAsync(stop))!, typeof(T), System.Globalization.CultureInfo.InvariantCulture);
        },
        CancellationToken.None);

    public Task ExecuteAsync(string sql) => Database.ChangeAsync(
        async (transaction, stop) =>
        {
            await using var command = transaction.Connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return await command.ExecuteNonQueryAsync(stop);
        },
        CancellationToken.None);

    public Task<long> AnnounceAsync(string topic) =>
        Database.ChangeAsync((transaction, stop) => Feed.AnnounceAsync(transaction, topic, stop), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Feed.StopAsync(CancellationToken.None);
        Feed.Dispose();
        await Bundles.DisposeAsync();
        await Database.DisposeAsync();
    }
}
