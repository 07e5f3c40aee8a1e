using System.Data.Common;

namespace ModelApi.Storage;

/// <summary>What differs between the databases; the SQL of the features is the same for all.</summary>
internal interface IDialect : IAsyncDisposable
{
    /// <summary>Where the data is, for the log.</summary>
    string Description { get; }

    /// <summary>Whether there may be anything to read: not while the file has not been made.</summary>
    bool MayHoldData { get; }

    /// <summary>What the scripts call <c>$identity$</c> and <c>$bytes$</c>.</summary>
    IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>A query for the number of tables called <c>migrations</c>.</summary>
    string CountJournals { get; }

    /// <summary>Makes what is not there, before the first connection.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction that sees everything as it is at its beginning, and keeps nobody from writing.</summary>
    Task<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Begins a transaction that writes.</summary>
    Task<DbTransaction> BeginChangingAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Waits until no other process migrates the database.</summary>
    /// <returns>The lock, which ends with the process.</returns>
    Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken);

    /// <summary>Applies scripts in the order of their names, each in a transaction of its own.</summary>
    void Apply(IReadOnlyList<Migration> scripts, TimeProvider time);

    /// <summary>Why the database cannot be used, in a sentence for callers; null for a fault of another kind.</summary>
    string? Explain(Exception exception);

    /// <summary>Whether the work met other work, so that nothing of it was done and it may succeed at once.</summary>
    bool IsConflict(Exception exception);

    /// <summary>Whether the connection had ended, which a pool may not have noticed. A new one may be better.</summary>
    bool IsBroken(Exception exception);

    /// <summary>Says to the other processes that something has changed, once the transaction is committed.</summary>
    Task NotifyAsync(DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Begins to hear what <see cref="NotifyAsync"/> says.</summary>
    Task ListenAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Waits for a notification, or for the longest time.</summary>
    Task WaitAsync(DbConnection connection, TimeSpan longest, CancellationToken cancellationToken);
}
