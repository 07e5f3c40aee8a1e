using System.Buffers.Binary;

namespace ModelApi.Deployments.Archives;

/// <summary>Checks where the parts of a zip are before it is opened: opening reads the whole directory into memory.</summary>
/// <remarks>
/// Nothing may come before the first entry or after the end, so that there is one way to read the file. The format:
/// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
/// </remarks>
internal static class ZipLayout
{
    private const int EndLength = 22;
    private const int LargestDirectory = 1024 * 1024;
    private const uint LocalSignature = 0x04034b50;
    private const uint EndSignature = 0x06054b50;

    /// <summary>Checks a file.</summary>
    /// <param name="zip">The file, which is left at its begin.</param>
    /// <param name="mostEntries">Entries that it may have.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArchiveException">It is not laid out as a plain zip.</exception>
    /// <exception cref="EndOfStreamException">It is too short.</exception>
    public static async Task CheckAsync(FileStream zip, int mostEntries, CancellationToken cancellationToken)
    {
        var bytes = new byte[EndLength];
        zip.Position = Math.Max(0, zip.Length - EndLength);
        await zip.ReadExactlyAsync(bytes, cancellationToken);
        CheckEnd(bytes, zip.Length, mostEntries);
        zip.Position = 0;
        await zip.ReadExactlyAsync(bytes, cancellationToken);
        zip.Position = 0;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) is not (LocalSignature or EndSignature))
        {
            throw new ArchiveException("It has something before its first entry.");
        }
    }

    private static void CheckEnd(ReadOnlySpan<byte> end, long length, int mostEntries)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature)
        {
            throw new ArchiveException("It is cut off, or has a comment or something else after its end.");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) > mostEntries)
        {
            throw new ArchiveException($"It has more than {mostEntries} entries.");
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        var start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        if (size > LargestDirectory || start + (long)size != length - EndLength)
        {
            throw new ArchiveException("Its directory is not where it declares, is too large, or is in the format for files above 4 GB.");
        }
    }
}
