using System.Buffers;

namespace ModelApi.Deployments.Archives;

/// <summary>Writes the files of an archive into a folder, and counts what it writes.</summary>
/// <param name="folder">The folder, which exists and is empty.</param>
/// <param name="bytes">The size of the archive.</param>
/// <param name="limits">What the archive may hold.</param>
internal sealed class UnpackedFolder(string folder, long bytes, ArchiveLimits limits)
{
    private const int Chunk = 128 * 1024;

    private readonly EntryNames _names = new(limits.MaxEntries);
    private readonly long _most = limits.Unpacked(bytes);
    private long _written;

    /// <summary>Accepts the next entry of the archive.</summary>
    /// <param name="entry">Its name in the archive.</param>
    /// <returns>The name of the file to write; null for the root itself.</returns>
    /// <exception cref="ArchiveException">No bundle has such a file, or there are too many.</exception>
    public string? Accept(string entry) => _names.Accept(entry);

    /// <summary>Counts an entry that is no file.</summary>
    /// <exception cref="ArchiveException">There are too many entries.</exception>
    public void AcceptNothing() => _names.AcceptNothing();

    /// <summary>Whether such a file was in the archive.</summary>
    public bool Holds(string file) => _names.Contains(file);

    /// <summary>Writes a file that was accepted.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="content">What it holds, whatever size the archive declares.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="ArchiveException">All files together are larger than the archive may hold.</exception>
    public async Task WriteAsync(string file, Stream content, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        await using var stream = new FileStream(Path.Combine(folder, file), options);
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken) is var length and > 0)
            {
                _written += length;
                if (_written > _most)
                {
                    throw TooLarge();
                }

                await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ArchiveException TooLarge() => new(
        _most == limits.MaxUnpackedBytes
            ? $"Unpacked, it has more than {_most} bytes."
            : $"Unpacked, it has more than {_most} bytes, which is too much for an archive of {bytes}.");
}
