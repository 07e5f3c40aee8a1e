using System.IO.Compression;

namespace ModelApi.Inference.Bundles.MlNet;

/// <summary>Unpacks a zip once, within limits, to see what is in it.</summary>
/// <remarks>The sizes that a zip declares are not trusted: what is unpacked is counted.</remarks>
internal static class ZipEntries
{
    private const int LongestName = 260;
    private const int MostLevels = 32;
    private const int Chunk = 64 * 1024;

    /// <summary>Checks the entries, and reads the components among them.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="mostEntries">Entries that it may have.</param>
    /// <param name="mostBytes">Bytes that its entries may have when they are unpacked.</param>
    /// <param name="cancellationToken">Stops the unpacking.</param>
    /// <exception cref="InvalidDataException">It is no zip, is damaged, or exceeds a limit.</exception>
    public static List<ZipComponent> Read(byte[] content, int mostEntries, long mostBytes, CancellationToken cancellationToken)
    {
        var components = new List<ZipComponent>();
        using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
        var entries = archive.Entries;
        if (entries.Count > mostEntries)
        {
            throw new InvalidDataException($"it has {entries.Count} entries, more than {mostEntries}.");
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var left = mostBytes;
        var buffer = new MemoryStream();
        foreach (var entry in entries)
        {
            CheckName(entry.FullName, names);
            buffer.SetLength(0);
            Unpack(entry, buffer, left, mostBytes, cancellationToken);
            left -= buffer.Length;
            ComponentHeader.ReadAll(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), components);
        }

        return components;
    }

    private static void CheckName(string name, HashSet<string> names)
    {
        var parts = name.Replace('\\', '/').Split('/');
        if (name.Length > LongestName || parts.Length > MostLevels || parts.Any(part => part is "" or "." or ".." || part.Contains(':'))
            || name.Any(char.IsControl))
        {
            throw new InvalidDataException("an entry's name is no path within it.");
        }

        if (!names.Add(string.Join('/', parts)))
        {
            throw new InvalidDataException("two entries have one name.");
        }
    }

    private static void Unpack(ZipArchiveEntry entry, MemoryStream buffer, long left, long most, CancellationToken cancellationToken)
    {
        if (entry.IsEncrypted)
        {
            throw new InvalidDataException("it is encrypted.");
        }

        using var stream = entry.Open();
        var chunk = new byte[Chunk];
        while (stream.Read(chunk) is var length and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            left -= length;
            if (left < 0)
            {
                throw new InvalidDataException($"unpacked, it has more than {most} bytes.");
            }

            buffer.Write(chunk.AsSpan(0, length));
        }

        if (buffer.Length != entry.Length)
        {
            throw new InvalidDataException("an entry has another size than it declares.");
        }
    }
}
