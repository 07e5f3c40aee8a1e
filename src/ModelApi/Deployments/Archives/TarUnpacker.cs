using System.Buffers;
using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;

namespace ModelApi.Deployments.Archives;

/// <summary>Unpacks tar files that are packed with gzip.</summary>
internal static class TarUnpacker
{
    private const int TrailerLength = 8;
    private const int MostPadding = 1024 * 1024;
    private const string Sparse = "GNU.sparse.";
    private const string Comment = "comment";

    /// <exception cref="ArchiveException">The archive is refused.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static async Task UnpackAsync(FileStream archive, UnpackedFolder files, CancellationToken cancellationToken)
    {
        await using var unzipped = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        await using var content = new ChecksumStream(unzipped);
        await using var guard = new TarGuard(content);
        await using (var tar = new TarReader(guard, leaveOpen: true))
        {
            while (await ReadEntryAsync(tar, cancellationToken) is { } entry)
            {
                await WriteAsync(entry, guard.EntrySize, files, cancellationToken);
            }
        }

        await ReadPaddingAsync(guard, cancellationToken);
        await CheckTrailerAsync(archive, content, cancellationToken);
    }

    private static async ValueTask<TarEntry?> ReadEntryAsync(TarReader tar, CancellationToken cancellationToken)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellationToken);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // Numbers that are none, and times beyond the calendar: the reader throws what its conversions do.
            throw new ArchiveException("The header of an entry holds a number that is out of range.");
        }
    }

    private static async Task WriteAsync(TarEntry entry, long size, UnpackedFolder files, CancellationToken cancellationToken)
    {
        if (entry is PaxGlobalExtendedAttributesTarEntry global)
        {
            // git archive writes the commit into a comment. Anything else would change the entries that follow.
            if (global.GlobalExtendedAttributes.Keys.Any(key => key != Comment))
            {
                throw new ArchiveException("It has attributes that change all of its entries.");
            }

            files.AcceptNothing();
            return;
        }

        var file = files.Accept(entry.Name);
        if (entry.Length != size || (entry as PaxTarEntry)?.ExtendedAttributes.Keys.Any(IsSparse) == true)
        {
            throw new ArchiveException($"Its entry {EntryNames.Show(entry.Name)} is a sparse file, or declares two sizes.");
        }

        if ((file is null) != (entry.EntryType == TarEntryType.Directory))
        {
            throw new ArchiveException($"Its entry {EntryNames.Show(entry.Name)} is a folder; a bundle has regular files only.");
        }

        if (file is not null)
        {
            await files.WriteAsync(file, entry.DataStream ?? Stream.Null, cancellationToken);
        }
    }

    private static bool IsSparse(string attribute) => attribute.StartsWith(Sparse, StringComparison.Ordinal);

    /// <summary>Reads to the end: zeros up to a whole record, at which the guard looks.</summary>
    private static async Task ReadPaddingAsync(TarGuard guard, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MostPadding);
        try
        {
            if (await guard.ReadAtLeastAsync(buffer, MostPadding, throwOnEndOfStream: false, cancellationToken) >= MostPadding)
            {
                throw new ArchiveException("It goes on after its end.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!guard.HasEnded)
        {
            throw new ArchiveException("It is cut off: it has no mark at its end.");
        }
    }

    /// <summary>Compares what was unpacked with the last bytes of the file: nothing was cut off, and nothing follows.</summary>
    private static async Task CheckTrailerAsync(FileStream archive, ChecksumStream content, CancellationToken cancellationToken)
    {
        var trailer = new byte[TrailerLength];
        archive.Position = Math.Max(0, archive.Length - TrailerLength);
        await archive.ReadExactlyAsync(trailer, cancellationToken);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != content.Crc
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(4)) != unchecked((uint)content.Count))
        {
            throw new ArchiveException("It is cut off, has something after its end, or consists of several gzip files.");
        }
    }
}
