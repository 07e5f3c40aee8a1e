using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ModelApi.Storage;

/// <summary>One file in the data folder, with a write-ahead log beside it.</summary>
internal sealed class SqliteDialect(string folder) : IDialect
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    private readonly string _path = Path.Combine(folder, "modelapi.db");

    private string? _connectionString;

    public string Description => $"SQLite, {_path}";

    public bool MayHoldData => File.Exists(_path);

    public IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["identity"] = "integer primary key autoincrement",
        ["bytes"] = "blob",
    };

    public string CountJournals => "select count(*) from sqlite_master where type = 'table' and name = 'migrations'";

    private string ConnectionString => _connectionString ??= new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        ForeignKeys = true,
        DefaultTimeout = 10,
    }.ToString();

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();

        // Kept in the file: readers and the writer do not wait for each other.
        command.CommandText = "pragma journal_mode = wal";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();

            // With FULL, what is committed survives a loss of power too.
            command.CommandText = "pragma synchronous = full; pragma busy_timeout = 10000";
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Deferred: the others would wait for it.
    public Task<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    // Waits for the writer before it begins: a transaction that only then wants to write may have to be given up.
    public Task<DbTransaction> BeginChangingAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public async Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken) =>
        await FileLock.TakeAsync(_path + ".lock", isShared: false, LockPatience, cancellationToken);

    public void Apply(IReadOnlyList<Migration> scripts, TimeProvider time) =>
        MigrationRunner.Run(SqliteMigrations.To(ConnectionString), scripts, Variables, time);

    // https://www.sqlite.org/rescode.html
    public string? Explain(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: 5 or 6 } => "The store is busy: another process holds its file.",
        SqliteException { SqliteErrorCode: 8 } => "The store's file or its folder cannot be written.",
        SqliteException { SqliteErrorCode: 10 } => "The store's file cannot be read or written.",
        SqliteException { SqliteErrorCode: 11 or 26 } => "The store's file is damaged, or no SQLite file; restore it from a backup.",
        SqliteException { SqliteErrorCode: 13 } => "The disk of the store is full.",
        SqliteException { SqliteErrorCode: 14 } => "The store's file cannot be opened.",
        SqliteException { SqliteErrorCode: 3 or 23 } => "The server may not use the store's file.",
        UnauthorizedAccessException => "The data folder cannot be written.",
        TimeoutException => "Another process holds the store's lock.",
        IOException => "The data folder cannot be used.",
        _ => null,
    };

    // Connections wait for each other by themselves, for as long as the busy timeout.
    public bool IsConflict(Exception exception) => false;

    public bool IsBroken(Exception exception) => false;

    public Task NotifyAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ListenAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WaitAsync(DbConnection connection, TimeSpan longest, CancellationToken cancellationToken) =>
        Task.Delay(longest, cancellationToken);

    public ValueTask DisposeAsync()
    {
        // Pooled connections keep the file open, and its log beside it.
        if (_connectionString is not null)
        {
            using var connection = new SqliteConnection(_connectionString);
            SqliteConnection.ClearPool(connection);
        }

        return ValueTask.CompletedTask;
    }
}
