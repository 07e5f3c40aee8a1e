namespace ModelApi.Storage;

/// <summary>
/// Files in progress: a folder of this process below <c>incoming</c>, which it holds a lock in. What a process leaves that was ended is
/// deleted by the next that begins to work.
/// </summary>
internal sealed class WorkFolder(string parent) : IAsyncDisposable
{
    private const string LockName = ".lock";

    private readonly string _root = System.IO.Path.Combine(parent, "incoming");
    private readonly Lock _lock = new();
    private FileLock? _held;
    private string? _path;

    /// <summary>The folder, made now unless it is there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public string Path
    {
        get
        {
            lock (_lock)
            {
                return _path is not null && Directory.Exists(_path) ? _path : _path = Make();
            }
        }
    }

    public bool Holds(string file) => _path is not null && System.IO.Path.GetDirectoryName(file) == _path;

    /// <summary>A name for a new file.</summary>
    public string NewPath() => System.IO.Path.Combine(Path, $"{Guid.NewGuid():n}.part");

    /// <summary>Deletes the folders of processes that have ended.</summary>
    public void CleanUp()
    {
        if (!Directory.Exists(_root))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(_root))
        {
            if (folder != _path && TryTake(folder) is { } ended)
            {
                // A process that has just made its folder, and not its lock yet, makes another one.
                ended.Dispose();
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_held is not null)
        {
            await _held.DisposeAsync();
        }

        if (_path is not null && Directory.Exists(_path))
        {
            Directory.Delete(_path, recursive: true);
        }
    }

    private string Make()
    {
        while (true)
        {
            var folder = System.IO.Path.Combine(_root, Guid.NewGuid().ToString("n"));
            Directory.CreateDirectory(folder);
            if (TryTake(folder) is { } held)
            {
                _held?.Dispose();
                _held = held;
                if (Directory.Exists(folder))
                {
                    return folder;
                }
            }
        }
    }

    private static FileLock? TryTake(string folder)
    {
        try
        {
            return FileLock.TryTake(System.IO.Path.Combine(folder, LockName), isShared: false);
        }
        catch (IOException) when (!Directory.Exists(folder))
        {
            // Another process has deleted it meanwhile.
            return null;
        }
    }
}
