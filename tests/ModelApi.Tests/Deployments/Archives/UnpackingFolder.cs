using ModelApi.Deployments.Archives;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>A temporary folder in which archives are unpacked, and that shows what is left of them.</summary>
internal sealed class UnpackingFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("modelapi-archive-").FullName;

    /// <summary>Where an archive is unpacked.</summary>
    public string Target => Path.Combine(_root, "target");

    /// <summary>All files and folders below the temporary folder, but the archive itself.</summary>
    public IEnumerable<string> Left => Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_root, path))
        .Where(path => path != "archive");

    /// <summary>Unpacks an archive, whose format its first bytes tell.</summary>
    public async Task UnpackAsync(byte[] archive, ArchiveLimits? limits = null, ArchiveFormat? format = null)
    {
        var file = Path.Combine(_root, "archive");
        await File.WriteAllBytesAsync(file, archive);
        await new ArchiveUnpacker(limits ?? new ArchiveLimits()).UnpackAsync(
            file, format ?? ArchiveFormats.Sniff(archive)!.Value, Target, CancellationToken.None);
    }

    /// <summary>The unpacked files with their content.</summary>
    public SortedDictionary<string, byte[]> Read() =>
        new(Directory.GetFiles(Target).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes), StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
