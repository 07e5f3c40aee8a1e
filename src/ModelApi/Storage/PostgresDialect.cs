using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace ModelApi.Storage;

/// <summary>A PostgreSQL database, which several servers may share.</summary>
internal sealed class PostgresDialect : IDialect
{
    /// <summary>Held by who migrates; "ModelApi" in ASCII.</summary>
    private const long MigrationsKey = 0x4D6F_6465_6C41_7069;

    /// <summary>Shared by who saves bundles, and held alone by who collects them.</summary>
    private const long BundlesKey = MigrationsKey + 1;

    private const int ConnectSeconds = 3;

    private readonly NpgsqlDataSource _source;

    public PostgresDialect(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.ApplicationName ??= Product.Name;
        if (!settings.ContainsKey("Timeout"))
        {
            // Callers wait for it while the database is away.
            settings.Timeout = ConnectSeconds;
        }

        Description = $"PostgreSQL, {settings.Host}:{settings.Port}, {settings.Database ?? settings.Username}";
        _source = NpgsqlDataSource.Create(settings);
    }

    public string Description { get; }

    public bool MayHoldData => true;

    public IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["identity"] = "bigint generated always as identity primary key",
        ["bytes"] = "bytea",
    };

    public string CountJournals => "select count(*) from pg_class where oid = to_regclass('migrations')";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    public async Task<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    public async Task<DbTransaction> BeginChangingAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();

        // A server that stops in the middle of a change does not keep the others from theirs.
        command.CommandText = "set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = '30s'";
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    public async Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken) =>
        await PostgresLock.TakeAsync(_source, MigrationsKey, isShared: false, cancellationToken);

    public async Task<IAsyncDisposable> HoldBundlesAsync(CancellationToken cancellationToken) =>
        await PostgresLock.TakeAsync(_source, BundlesKey, isShared: true, cancellationToken);

    public async Task<IAsyncDisposable?> TryHoldBundlesAloneAsync(CancellationToken cancellationToken) =>
        await PostgresLock.TryTakeAsync(_source, BundlesKey, cancellationToken);

    public void Apply(IReadOnlyList<Migration> scripts, TimeProvider time) =>
        MigrationRunner.Run(PostgresMigrations.To(_source), scripts, Variables, time);

    // https://www.postgresql.org/docs/15/errcodes-appendix.html
    public string? Explain(Exception exception) => exception switch
    {
        PostgresException { SqlState: { } state } => state switch
        {
            "40001" or "40P01" or "55P03" => "The database is busy with other changes.",
            "25006" => "The database takes no changes now: it is read-only.",
            "42501" => "The server's user of the database lacks a right.",
            _ when state.StartsWith("28", StringComparison.Ordinal) => "The database refuses the server's user or password.",
            _ when state.StartsWith("3D", StringComparison.Ordinal) => "The database does not exist.",
            _ when state.StartsWith("53", StringComparison.Ordinal) => "The database lacks connections, memory or disk space.",
            _ when state.StartsWith("57", StringComparison.Ordinal) => "The database is starting or stopping.",
            _ when state.StartsWith("58", StringComparison.Ordinal) || state.StartsWith("XX", StringComparison.Ordinal) =>
                "The database has failed.",
            _ => null,
        },
        NpgsqlException { InnerException: TimeoutException } => "The database does not answer.",
        NpgsqlException => "The database cannot be reached.",
        _ => null,
    };

    public bool IsConflict(Exception exception) => exception is PostgresException { SqlState: "40001" or "40P01" };

    public bool IsBroken(Exception exception) => exception is PostgresException { SqlState: "57P01" or "57P02" }
        or NpgsqlException { InnerException: IOException or SocketException };

    public async Task NotifyAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "notify modelapi";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ListenAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "listen modelapi";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task WaitAsync(DbConnection connection, TimeSpan longest, CancellationToken cancellationToken) =>
        ((NpgsqlConnection)connection).WaitAsync(longest, cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
