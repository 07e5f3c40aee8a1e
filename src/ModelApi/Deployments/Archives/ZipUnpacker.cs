using System.IO.Compression;

namespace ModelApi.Deployments.Archives;

/// <summary>Unpacks zip files.</summary>
internal static class ZipUnpacker
{
    private const int ModeShift = 16;
    private const int KindOfFile = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int WindowsLink = 0x400;

    /// <exception cref="ArchiveException">The archive is refused.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static async Task UnpackAsync(FileStream archive, UnpackedFolder files, int mostEntries, CancellationToken cancellationToken)
    {
        await ZipLayout.CheckAsync(archive, mostEntries, cancellationToken);
        await using var zip = await ZipArchive.CreateAsync(
            archive, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var left = archive.Length;
        foreach (var entry in zip.Entries)
        {
            var file = files.Accept(entry.FullName);
            CheckKind(entry, isFile: file is not null);
            if (entry.CompressedLength < 0 || entry.CompressedLength > left)
            {
                throw new ArchiveException("Its entries overlap.");
            }

            left -= entry.CompressedLength;
            if (file is null)
            {
                continue;
            }

            await using var content = new ChecksumStream(await entry.OpenAsync(cancellationToken));
            await files.WriteAsync(file, content, cancellationToken);
            if (content.Count != entry.Length || content.Crc != entry.Crc32)
            {
                throw new ArchiveException($"Its entry '{file}' does not have the size or the checksum that it declares.");
            }
        }
    }

    private static void CheckKind(ZipArchiveEntry entry, bool isFile)
    {
        if (entry.IsEncrypted)
        {
            throw new ArchiveException($"Its entry {EntryNames.Show(entry.FullName)} is encrypted.");
        }

        // Archives of DOS and Windows have no mode. Whatever system an entry claims to be from, a kind of file is taken seriously.
        var kind = (entry.ExternalAttributes >> ModeShift) & KindOfFile;
        if ((kind != 0 && kind != (isFile ? RegularFile : Folder)) || (entry.ExternalAttributes & WindowsLink) != 0)
        {
            throw new ArchiveException(
                $"Its entry {EntryNames.Show(entry.FullName)} is a link, a device or a pipe; a bundle has regular files only.");
        }
    }
}
