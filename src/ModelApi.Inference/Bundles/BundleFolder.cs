using System.Security.Cryptography;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads the files of a bundle's folder: regular files only, none through a link to outside, and no more than a limit.</summary>
/// <remarks>
/// Links that stay within the folder are followed, because volumes of Kubernetes consist of them, and so is a link to the folder itself.
/// </remarks>
internal sealed class BundleFolder(string folder, BundleFaults faults)
{
    // As many as Linux follows.
    private const int MostLinks = 40;
    private const int Chunk = 128 * 1024;

    private readonly string _root = Resolve(folder) ?? folder;

    /// <summary>Reads a file.</summary>
    /// <returns>Null when that is not possible; then there is a fault.</returns>
    public async Task<byte[]?> ReadAsync(string file, long maxBytes, CancellationToken cancellationToken)
    {
        byte[]? content = null;
        await UseAsync(file, maxBytes, async (handle, length) =>
        {
            var buffer = GC.AllocateUninitializedArray<byte>((int)length);
            var read = 0;
            while (read < buffer.Length)
            {
                var more = await RandomAccess.ReadAsync(handle, buffer.AsMemory(read), read, cancellationToken).ConfigureAwait(false);
                read += more > 0 ? more : throw new IOException("It became shorter while it was read.");
            }

            content = buffer;
        }).ConfigureAwait(false);
        return content;
    }

    /// <summary>The SHA-256 of a file, in lower-case hexadecimal.</summary>
    /// <returns>Null when it cannot be read; then there is a fault.</returns>
    public async Task<string?> DigestAsync(string file, long maxBytes, CancellationToken cancellationToken)
    {
        string? digest = null;
        await UseAsync(file, maxBytes, async (handle, length) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[Chunk];
            for (long read = 0; read < length;)
            {
                var more = await RandomAccess.ReadAsync(handle, buffer, read, cancellationToken).ConfigureAwait(false);
                hash.AppendData(buffer, 0, more);
                read += more > 0 ? more : throw new IOException("It became shorter while it was read.");
            }

            digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        }).ConfigureAwait(false);
        return digest;
    }

    private async Task UseAsync(string file, long maxBytes, Func<Microsoft.Win32.SafeHandles.SafeFileHandle, long, Task> use)
    {
        var path = Path.Combine(_root, file);
        try
        {
            if (Resolve(path) is not { } target || !Path.Exists(target))
            {
                Fault("The file is missing.");
                return;
            }

            if (!target.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                Fault("The file is a link that leads out of the bundle's folder; put the file itself there.");
                return;
            }

            if (!FileKind.IsRegular(target))
            {
                Fault("Must be a regular file; it is a folder, a pipe, a device or a socket.");
                return;
            }

            using var handle = File.OpenHandle(target, options: FileOptions.Asynchronous | FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(handle);
            if (length > Math.Min(maxBytes, Array.MaxLength))
            {
                Fault($"The file has {length} bytes; at most {maxBytes} are read.");
                return;
            }

            await use(handle, length).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The messages of .NET name the absolute path.
            var reason = exception.Message
                .Replace(_root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
                .Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
            Fault($"The file cannot be read: {reason}");
        }

        void Fault(string message) => faults.Add(new BundleFault(file, "", message));
    }

    /// <summary>The path without any links.</summary>
    /// <returns>Null when the links do not end.</returns>
    private static string? Resolve(string path)
    {
        var resolved = Path.GetFullPath(path);
        for (var links = 0; links <= MostLinks; links++)
        {
            if (FindLink(resolved) is not var (link, below))
            {
                return resolved;
            }

            var target = Path.Combine(Path.GetDirectoryName(link)!, new FileInfo(link).LinkTarget!);
            resolved = Path.GetFullPath(Path.Join(target, below));
        }

        return null;
    }

    /// <returns>The first part of the path that is a link, and what follows it.</returns>
    private static (string Link, string Below)? FindLink(string path)
    {
        var at = Path.GetPathRoot(path)!.Length;
        while (at < path.Length)
        {
            var end = path.IndexOf(Path.DirectorySeparatorChar, at);
            end = end < 0 ? path.Length : end;
            if (new FileInfo(path[..end]).LinkTarget is not null)
            {
                return (path[..end], path[end..]);
            }

            at = end + 1;
        }

        return null;
    }
}
