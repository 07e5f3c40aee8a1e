using Microsoft.Extensions.Options;
using ModelApi.Deployments.Archives;
using ModelApi.Inference.Registry;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>
/// The folders of uploaded bundles on this machine, by the digests of their archives; made again from those when they are missing.
/// </summary>
internal sealed class UnpackedBundles(
    BundleFiles archives, ArchiveUnpacker unpacker, IOptions<StorageOptions> storage, ILogger<UnpackedBundles> logger)
{
    private const string ProofSuffix = ".proved";

    // Proved by another build or on another kind of machine, a bundle is proved again.
    private static readonly string Proof = $"{Product.Version} {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}";

    private readonly string? _root = storage.Value.Root is { } root ? Path.Combine(root, "unpacked") : null;

    private string Root => _root ?? throw new StoreUnavailableException(StoreState.Off);

    /// <summary>
    /// The folder of a bundle, which may not exist. A bundle's folder is called like its version, below one that is called like its model.
    /// </summary>
    public string FolderOf(string model, string version, string digest) => Path.Combine(Root, digest, model, version);

    public bool Has(string model, VersionRecord version) => Directory.Exists(FolderOf(model, version.Version, version.Digest!));

    /// <summary>A version as the registry loads it: proved in a process of its own, unless this build has done so before.</summary>
    public VersionSource SourceOf(string model, VersionRecord version) => new(
        model,
        version.Version,
        FolderOf(model, version.Version, version.Digest!),
        VersionOrigin.Upload,
        IsIsolated: !IsProved(FolderOf(model, version.Version, version.Digest!)));

    /// <summary>Unpacks an archive that lies here.</summary>
    /// <exception cref="ArchiveException">It cannot be read or is refused.</exception>
    /// <exception cref="StoreUnavailableException">The disk fails or is full.</exception>
    public async Task UnpackAsync(string archive, ArchiveFormat format, string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            await unpacker.UnpackAsync(archive, format, folder, cancellationToken);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another request has unpacked the same bytes meanwhile.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException("The data folder cannot be written, or its disk is full.", exception);
        }
    }

    /// <summary>Fetches an archive from where it is kept, and unpacks it.</summary>
    /// <exception cref="ArchiveException">It cannot be read.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public async Task FetchAsync(string model, VersionRecord version, CancellationToken cancellationToken)
    {
        var archive = await archives.FetchAsync(version.Digest!, cancellationToken);
        var folder = FolderOf(model, version.Version, version.Digest!);
        await UnpackAsync(archive, ArchiveFormats.Find(version.Format!)!.Value, folder, cancellationToken);
    }

    /// <summary>Remembers that a bundle was proved and loaded.</summary>
    public void SetProved(VersionSource source)
    {
        try
        {
            File.WriteAllText(source.Folder + ProofSuffix, Proof);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is proved again at the next start.
            logger.ProofNotKept(source.Model, source.Version, exception.Message);
        }
    }

    /// <summary>Deletes the folder of a bundle, and what is known about it.</summary>
    public void Delete(string folder)
    {
        DeleteFolder(folder);
        var ofModel = Path.GetDirectoryName(folder)!;
        foreach (var above in new[] { ofModel, Path.GetDirectoryName(ofModel)! })
        {
            if (Directory.Exists(above) && !Directory.EnumerateFileSystemEntries(above).Any())
            {
                DeleteFolder(above);
            }
        }
    }

    private void DeleteFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
                File.Delete(folder + ProofSuffix);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.FolderNotDeleted(folder, exception.Message);
        }
    }

    /// <summary>Deletes what no version needs, such as what a process has left that was ended while it unpacked.</summary>
    /// <param name="wanted">The digests that versions have.</param>
    public void DeleteAllBut(IReadOnlySet<string> wanted)
    {
        if (_root is not null && Directory.Exists(_root))
        {
            foreach (var folder in Directory.GetDirectories(_root).Where(folder => !wanted.Contains(Path.GetFileName(folder))))
            {
                DeleteFolder(folder);
            }
        }
    }

    private static bool IsProved(string folder)
    {
        try
        {
            return File.ReadAllText(folder + ProofSuffix) == Proof;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
