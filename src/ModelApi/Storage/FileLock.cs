using System.Diagnostics;

namespace ModelApi.Storage;

/// <summary>A lock among processes, on a file that stays. The system ends it with the process.</summary>
internal sealed class FileLock : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, waiting for its holders.</summary>
    /// <exception cref="TimeoutException">Another process holds it for longer than that.</exception>
    public static async Task<FileLock> TakeAsync(string path, bool isShared, TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (; ; await Task.Delay(Pause, cancellationToken))
        {
            if (TryTake(path, isShared) is { } taken)
            {
                return taken;
            }

            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                throw new TimeoutException($"Another process holds {path}.");
            }
        }
    }

    /// <returns>Null while somebody else holds it.</returns>
    public static FileLock? TryTake(string path, bool isShared)
    {
        if (!File.Exists(path))
        {
            using var created = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }

        try
        {
            // On Unix, .NET makes an exclusive flock of FileShare.None, and a shared one of reading with anything else.
            return new FileLock(new FileStream(path, FileMode.Open, FileAccess.Read, isShared ? FileShare.Read : FileShare.None));
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
