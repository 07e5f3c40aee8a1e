using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>
/// The archive of a version that lies in the folder of models, made while it is sent. The same files always become the same bytes.
/// </summary>
/// <remarks>
/// A tar file in a gzip that packs nothing: what a compressor makes depends on its version and on the processor. Nothing is written to
/// disk; the digest comes from packing the files once for nobody.
/// </remarks>
internal sealed class FolderArchive(ModelVersion version)
{
    private readonly string _folder = version.Source.Folder;
    private readonly IEnumerable<string> _files = version.Manifest!.Files.Keys.Order(StringComparer.Ordinal).Prepend(BundleNames.Manifest);

    /// <summary>The digest of the archive and its size.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public async Task<(string Sha256, long Bytes)> MeasureAsync(CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var measured = new MeasuringStream(sha256);
        await WriteAsync(measured, cancellationToken);
        return (Convert.ToHexStringLower(sha256.GetHashAndReset()), measured.Count);
    }

    /// <summary>Writes the archive.</summary>
    /// <exception cref="IOException">A file cannot be read, or nobody reads the archive.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(output, CompressionLevel.NoCompression, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var name in _files)
        {
            var options = new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan };
            await using var file = new FileStream(Path.Combine(_folder, name), options);
            var entry = new GnuTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = file,
                ModificationTime = DateTimeOffset.UnixEpoch,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            };
            await tar.WriteEntryAsync(entry, cancellationToken);
        }
    }
}
