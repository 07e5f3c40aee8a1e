using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace ModelApi.Cli.Servers;

/// <summary>Unpacks an archive of a bundle: files at its root, none larger than a bundle may hold.</summary>
internal static partial class BundleUnpacking
{
    private const int MostFiles = 1000;
    private const long MostBytes = 4L * 1024 * 1024 * 1024;

    /// <param name="archive">A zip or tar.gz.</param>
    /// <param name="folder">An existing folder, which receives the files.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="CommandException">The archive is no bundle's.</exception>
    public static async Task RunAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(archive);
            var isZip = file.ReadByte() == 'P';
            file.Position = 0;
            var unpacked = new Unpacked(folder);
            if (isZip)
            {
                await using var zip = new ZipArchive(file, ZipArchiveMode.Read);
                foreach (var entry in zip.Entries)
                {
                    await using var content = await entry.OpenAsync(cancellationToken);
                    await unpacked.WriteAsync(entry.FullName, content, cancellationToken);
                }

                return;
            }

            await using var gzip = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(gzip);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (entry.EntryType == TarEntryType.Directory && entry.Name is "." or "./")
                {
                    continue;
                }

                var content = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                    ? entry.DataStream ?? Stream.Null
                    : throw Refuse(entry.Name);
                await unpacked.WriteAsync(entry.Name, content, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            throw new CommandException($"The archive of the server cannot be read: {exception.Message}");
        }
    }

    private static CommandException Refuse(string name) =>
        new($"The archive of the server holds '{name}', which no bundle does. Nothing was kept.");

    [GeneratedRegex(@"\A(\./)?(?<file>[A-Za-z0-9_][A-Za-z0-9._-]{0,127})\z")]
    private static partial Regex FileName { get; }

    private sealed class Unpacked(string folder)
    {
        private int _files;
        private long _bytes;

        public async Task WriteAsync(string name, Stream content, CancellationToken cancellationToken)
        {
            var match = FileName.Match(name);
            if (!match.Success || ++_files > MostFiles)
            {
                throw Refuse(name);
            }

            var path = Path.Combine(folder, match.Groups["file"].Value);
            await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            var buffer = new byte[81920];
            while (await content.ReadAsync(buffer, cancellationToken) is var length and > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                if ((_bytes += length) > MostBytes)
                {
                    throw new CommandException($"The archive of the server unfolds to more than {MostBytes} bytes. Nothing was kept.");
                }
            }
        }
    }
}
