using System.Diagnostics;

namespace ModelApi.Storage;

/// <summary>The archives of uploaded bundles, by their SHA-256: in the data folder, in a shared one, or in the database.</summary>
/// <remarks>
/// An archive that no version needs is collected, and only so deleted. Between saving an archive and saving the version that needs it,
/// nothing may be collected: that is what <see cref="HoldAsync"/> is for. The locks end with the process.
/// </remarks>
internal sealed class BundleFiles : IAsyncDisposable
{
    private const int NoSpace = 28;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IBundleStore? _store;
    private readonly BundleTable? _table;
    private readonly BundleFolder? _folder;
    private readonly WorkFolder? _work;

    private volatile bool _isCleaned;

    public BundleFiles(StorageOptions options, Database database, TimeProvider time)
    {
        var root = options.SharedFolder ?? options.Root;
        _table = options is { ConnectionString: not null, SharedFolder: null } ? new BundleTable(database, time) : null;
        _work = root is null ? null : new WorkFolder(root);
        _folder = root is null ? null : new BundleFolder(Path.Combine(root, _table is null ? "bundles" : "cache"), _work!);
        _store = (IBundleStore?)_table ?? _folder;
    }

    /// <summary>Where this process receives archives: from here, they are saved without being copied.</summary>
    /// <exception cref="StoreUnavailableException">There is no data folder, or it cannot be written.</exception>
    public string IncomingFolder => Run(() =>
    {
        if (!_isCleaned)
        {
            Work.CleanUp();
            _isCleaned = true;
        }

        return Work.Path;
    });

    private IBundleStore Store => _store ?? throw new StoreUnavailableException(StoreState.Off);

    private WorkFolder Work => _work ?? throw new StoreUnavailableException(StoreState.Off);

    private BundleFolder Folder => _folder ?? throw new StoreUnavailableException(StoreState.Off);

    /// <summary>Keeps what is saved from being collected, until it is disposed of: then a version must need it.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public Task<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken) => RunAsync(() => Store.HoldAsync(cancellationToken));

    /// <summary>Keeps an archive; nothing is done where it is kept already.</summary>
    /// <param name="file">The whole archive. One in <see cref="IncomingFolder"/> may be moved away.</param>
    /// <param name="sha256">Its digest, 64 hexadecimal digits in lower case.</param>
    /// <param name="cancellationToken">Ends the work before it is done.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be used now, or its disk is full.</exception>
    public Task SaveAsync(string file, string sha256, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await Store.SaveAsync(file, sha256, cancellationToken);
        return true;
    });

    /// <summary>The path of an archive on this machine, fetched from the database where it is kept there.</summary>
    /// <exception cref="FileNotFoundException">It is not kept.</exception>
    /// <exception cref="InvalidDataException">The database has other bytes than were saved.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be used now, or the disk is full.</exception>
    public Task<string> FetchAsync(string sha256, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        var path = Folder.PathOf(sha256);
        if (File.Exists(path))
        {
            return path;
        }

        if (_table is null)
        {
            throw new FileNotFoundException("The store does not have the archive.");
        }

        var part = Work.NewPath();
        try
        {
            await _table.CopyToAsync(part, sha256, cancellationToken);
            await Folder.SaveAsync(part, sha256, cancellationToken);
            return path;
        }
        finally
        {
            File.Delete(part);
        }
    });

    /// <summary>The digests of all archives that are kept.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => RunAsync(() => Store.ListAsync(cancellationToken));

    /// <summary>Deletes the archives that no version needs, and what processes have left that were ended while they received one.</summary>
    /// <param name="readWanted">Reads the digests that versions need; called when nobody can save another one.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Whether it was done: not while somebody uploads for long. The next time will do.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public Task<bool> CollectAsync(Func<CancellationToken, Task<IReadOnlySet<string>>> readWanted, CancellationToken cancellationToken) =>
        RunAsync(async () =>
        {
            if (_store is null)
            {
                return true;
            }

            Work.CleanUp();
            var isDone = await CollectAsync(_store, readWanted, cancellationToken);
            return _store == _folder || _folder is null ? isDone : await CollectAsync(_folder, readWanted, cancellationToken) && isDone;
        });

    public async ValueTask DisposeAsync()
    {
        if (_work is not null)
        {
            await _work.DisposeAsync();
        }
    }

    private static async Task<bool> CollectAsync(
        IBundleStore store, Func<CancellationToken, Task<IReadOnlySet<string>>> readWanted, CancellationToken cancellationToken)
    {
        // Nearly always all are needed, and nobody is held up.
        var kept = await store.ListAsync(cancellationToken);
        if (kept.Count == 0 || (await readWanted(cancellationToken)).IsSupersetOf(kept))
        {
            return true;
        }

        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(Pause, cancellationToken))
        {
            if (await store.TryHoldAloneAsync(cancellationToken) is { } alone)
            {
                await using (alone)
                {
                    // Now, when nobody is between an archive and its version.
                    var wanted = await readWanted(cancellationToken);
                    foreach (var sha256 in (await store.ListAsync(cancellationToken)).Where(sha256 => !wanted.Contains(sha256)))
                    {
                        await store.DeleteAsync(sha256, cancellationToken);
                    }

                    return true;
                }
            }
        }

        return false;
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (Explain(exception) is { } reason)
        {
            throw new StoreUnavailableException(reason, exception);
        }
    }

    private static T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (Explain(exception) is { } reason)
        {
            throw new StoreUnavailableException(reason, exception);
        }
    }

    private static string? Explain(Exception exception) => exception switch
    {
        FileNotFoundException => null,
        IOException { HResult: NoSpace } => "The disk of the store is full.",
        IOException or UnauthorizedAccessException => "The folder of the bundles cannot be written or read.",
        TimeoutException => "Another process holds the folder of the bundles.",
        _ => null,
    };
}
