using System.Buffers;
using System.Security.Cryptography;
using ModelApi.Errors;
using ModelApi.Storage;

namespace ModelApi.Deployments.Archives;

/// <summary>The file of an archive while it comes.</summary>
/// <param name="path">The file to make.</param>
/// <param name="mostBytes">Bytes that it may have.</param>
internal sealed class ArchiveFile(string path, long mostBytes)
{
    private const int Chunk = 128 * 1024;
    private const string DiskFails = "The folder for archives cannot be written, or its disk is full.";

    private bool _isCreated;

    public string Path { get; } = path;

    /// <summary>What it is, once all has come.</summary>
    public ArchiveFormat Format { get; private set; }

    /// <summary>Bytes that have come.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes the file.</summary>
    /// <param name="body">What comes.</param>
    /// <param name="hashes">Digests to make of it.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>Why the body is no archive, as soon as that is seen; null when all has come.</returns>
    /// <exception cref="StoreUnavailableException">The disk fails or is full.</exception>
    public async Task<Problem?> WriteAsync(Stream body, IncrementalHash?[] hashes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            var length = await body.ReadAtLeastAsync(buffer, ArchiveFormats.MagicLength, throwOnEndOfStream: false, cancellationToken);
            if (ArchiveFormats.Sniff(buffer.AsSpan(0, length)) is not { } format)
            {
                return ArchiveProblems.Unreadable(new ArchiveException(length == 0 ? "It is empty." : "It is neither."));
            }

            Format = format;
            await using var file = Create();
            for (; length > 0; length = await body.ReadAsync(buffer, cancellationToken))
            {
                Bytes += length;
                if (Bytes > mostBytes)
                {
                    return ArchiveProblems.TooLarge(mostBytes);
                }

                foreach (var hash in hashes)
                {
                    hash?.AppendData(buffer, 0, length);
                }

                await WriteAsync(file, buffer.AsMemory(0, length), cancellationToken);
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Delete()
    {
        if (_isCreated)
        {
            File.Delete(Path);
        }
    }

    private FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        try
        {
            var file = new FileStream(Path, options);
            _isCreated = true;
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(DiskFails, exception);
        }
    }

    // Told from the exceptions of a client that has gone, which are of the same type.
    private static async ValueTask WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new StoreUnavailableException(DiskFails, exception);
        }
    }
}
