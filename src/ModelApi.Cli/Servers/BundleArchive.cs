using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace ModelApi.Cli.Servers;

/// <summary>A bundle in one file, as it is sent to a server: an archive as it is, or a zip that was made of a folder.</summary>
internal sealed class BundleArchive : IDisposable
{
    private const string Manifest = "model.json";
    private const long MostManifestBytes = 16 * 1024 * 1024;

    // The oldest date of a zip: the archive of a folder has the same bytes whenever it is made.
    private static readonly DateTimeOffset Date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly bool _isTemporary;

    private BundleArchive(string path, string mediaType, bool isTemporary) =>
        (Path, MediaType, _isTemporary) = (path, mediaType, isTemporary);

    /// <summary>The archive's file.</summary>
    public string Path { get; }

    public string MediaType { get; }

    /// <summary>The digest of the archive.</summary>
    public byte[] Sha256 { get; private set; } = [];

    public long Bytes => new FileInfo(Path).Length;

    /// <summary>The name in the manifest.</summary>
    public string Model { get; private set; } = "";

    /// <summary>The version in the manifest.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Opens an archive, or makes one of a bundle's folder.</summary>
    /// <param name="path">A folder as <see cref="BundleFolders.FindNewest"/> takes it, or a file .zip, .tar.gz or .tgz.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="CommandException">There is no bundle.</exception>
    public static async Task<BundleArchive> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var archive = File.Exists(path) ? OfFile(path) : await OfFolderAsync(BundleFolders.FindNewest(path), cancellationToken);
        try
        {
            archive.ReadNames();
            await using var file = File.OpenRead(archive.Path);
            archive.Sha256 = await SHA256.HashDataAsync(file, cancellationToken);
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_isTemporary)
        {
            File.Delete(Path);
        }
    }

    private static BundleArchive OfFile(string path) =>
        path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? new BundleArchive(path, "application/zip", isTemporary: false)
        : path.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)
            ? new BundleArchive(path, "application/gzip", isTemporary: false)
            : throw new CommandException($"'{path}' is no bundle: give a folder such as models/bank/1, or an archive .zip or .tar.gz.");

    private static async Task<BundleArchive> OfFolderAsync(string folder, CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"modelapi-{Guid.NewGuid():n}.zip");
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await using var zip = new ZipArchive(file, ZipArchiveMode.Create);
            var options = new EnumerationOptions { AttributesToSkip = FileAttributes.Hidden };
            foreach (var source in Directory.EnumerateFiles(folder, "*", options).Order(StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(System.IO.Path.GetFileName(source), CompressionLevel.Optimal);
                entry.LastWriteTime = Date;
                await using var target = await entry.OpenAsync(cancellationToken);
                await using var content = File.OpenRead(source);
                await content.CopyToAsync(target, cancellationToken);
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        return new BundleArchive(path, "application/zip", isTemporary: true);
    }

    // The address of the upload; everything else is checked by the server.
    private void ReadNames()
    {
        try
        {
            using var document = JsonDocument.Parse(ReadManifest());
            Model = Text(document.RootElement, "name");
            Version = Text(document.RootElement, "version");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or FormatException)
        {
            throw new CommandException($"'{Path}' holds no bundle that can be read: {exception.Message}", ExitCodes.Faults);
        }
    }

    private byte[] ReadManifest()
    {
        using var file = File.OpenRead(Path);
        if (MediaType == "application/zip")
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            using var entry = zip.GetEntry(Manifest)?.Open();
            return entry is null ? throw Missing() : Read(entry);
        }

        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name is Manifest or $"./{Manifest}" && entry.DataStream is { } data)
            {
                return Read(data);
            }
        }

        throw Missing();
    }

    private static byte[] Read(Stream stream)
    {
        using var content = new MemoryStream();
        var buffer = new byte[81920];
        while (stream.Read(buffer) is var length and > 0)
        {
            content.Write(buffer, 0, length);
            if (content.Length > MostManifestBytes)
            {
                throw new InvalidDataException($"its {Manifest} has more than {MostManifestBytes} bytes.");
            }
        }

        return content.ToArray();
    }

    private static string Text(JsonElement manifest, string member) =>
        manifest.ValueKind == JsonValueKind.Object && manifest.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new InvalidDataException($"its {Manifest} has no '{member}'.");

    private CommandException Missing() =>
        new($"'{Path}' has no {Manifest} at its root: pack what is in the bundle's folder, not the folder.", ExitCodes.Faults);
}
