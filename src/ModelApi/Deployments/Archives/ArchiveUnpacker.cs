using ModelApi.Inference.Bundles;

namespace ModelApi.Deployments.Archives;

/// <summary>Unpacks the archive of a bundle, and refuses all that a bundle has no use for.</summary>
/// <remarks>
/// A bundle is a flat folder of regular files. So an allowed name is a plain file name, and an allowed entry a plain file: neither links
/// nor paths have to be resolved to see whether they are safe.
/// </remarks>
internal sealed class ArchiveUnpacker(ArchiveLimits limits)
{
    /// <summary>Ends the name of a folder that is being filled.</summary>
    public const string PartSuffix = ".part";

    /// <summary>Unpacks an archive into a new folder, which is there with all of its files or not at all.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="format">What the file is.</param>
    /// <param name="folder">The folder to make; the one above it exists.</param>
    /// <param name="cancellationToken">Stops the unpacking.</param>
    /// <exception cref="ArchiveException">The archive cannot be read or is refused.</exception>
    /// <exception cref="IOException">The folder exists, or the disk fails or is full.</exception>
    public async Task UnpackAsync(string archive, ArchiveFormat format, string folder, CancellationToken cancellationToken)
    {
        var part = $"{folder}.{Guid.NewGuid():n}{PartSuffix}";
        Directory.CreateDirectory(part);
        try
        {
            await FillAsync(archive, format, part, cancellationToken);
            Directory.Move(part, folder);
        }
        catch
        {
            Directory.Delete(part, recursive: true);
            throw;
        }
    }

    private async Task FillAsync(string archive, ArchiveFormat format, string folder, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { BufferSize = 0, Options = FileOptions.Asynchronous };
        await using var stream = new FileStream(archive, options);
        var files = new UnpackedFolder(folder, stream.Length, limits);
        try
        {
            await (format == ArchiveFormat.Zip
                ? ZipUnpacker.UnpackAsync(stream, files, limits.MaxEntries, cancellationToken)
                : TarUnpacker.UnpackAsync(stream, files, cancellationToken));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new ArchiveException($"It cannot be unpacked: {exception.Message}");
        }

        if (!files.Holds(BundleNames.Manifest))
        {
            throw new ArchiveException($"It has no {BundleNames.Manifest} at its root.");
        }
    }
}
