namespace ModelApi.Storage;

/// <summary>Archives in a folder, each a file that is called like its digest.</summary>
/// <param name="folder">The folder; on a disk that processes share, it is theirs together.</param>
/// <param name="work">Where files lie until they are whole; on the same disk.</param>
internal sealed class BundleFolder(string folder, WorkFolder work) : IBundleStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string LockFile => Path.Combine(folder, ".lock");

    public string PathOf(string sha256) => Path.Combine(folder, sha256);

    public async Task<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        return await FileLock.TakeAsync(LockFile, isShared: true, Patience, cancellationToken);
    }

    public Task<IAsyncDisposable?> TryHoldAloneAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        return Task.FromResult<IAsyncDisposable?>(FileLock.TryTake(LockFile, isShared: false));
    }

    /// <summary>Moves a file of the work folder here; any other is copied.</summary>
    public async Task SaveAsync(string file, string sha256, CancellationToken cancellationToken)
    {
        if (File.Exists(PathOf(sha256)))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        var part = file;
        if (!work.Holds(file))
        {
            part = work.NewPath();
            await using var from = File.OpenRead(file);
            await using var to = File.Create(part);
            await from.CopyToAsync(to, cancellationToken);
        }

        // Whole on the disk before it has its name, and its name before somebody relies on it.
        Durable.FlushFile(part);
        File.Move(part, PathOf(sha256), overwrite: true);
        Durable.FlushFolder(folder);
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Where(IsDigest)]
            : []);

    public Task DeleteAsync(string sha256, CancellationToken cancellationToken)
    {
        File.Delete(PathOf(sha256));
        return Task.CompletedTask;
    }

    private static bool IsDigest(string name) => name.Length == 64 && name.All(char.IsAsciiHexDigitLower);
}
