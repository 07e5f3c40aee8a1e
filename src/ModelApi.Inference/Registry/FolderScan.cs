using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Registry;

/// <summary>The versions that a folder of models holds: its <c>name/version/</c> folders.</summary>
/// <remarks>A class: the runtime has code for collections of references, and would compile that of a structure at each start.</remarks>
public sealed class FolderScan
{
    // Stands for the versions of a model whose folder cannot be listed.
    private const string UnknownVersion = "-";

    private readonly List<VersionSource> _sources = [];
    private readonly List<ModelVersion> _unreadable = [];

    private readonly bool _isIsolated;

    private FolderScan(bool isIsolated) => _isIsolated = isIsolated;

    /// <summary>The versions' folders.</summary>
    public IReadOnlyList<VersionSource> Sources => _sources;

    /// <summary>Versions that have failed already: of models whose folders cannot be listed.</summary>
    internal IReadOnlyList<ModelVersion> Unreadable => _unreadable;

    /// <summary>Why there are none, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether all that is there could be listed, so that what is not listed is not there.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Lists the folders, and reads none of their files.</summary>
    /// <param name="root">The folder of models.</param>
    /// <param name="isIsolated">Whether a process of its own proves each version.</param>
    internal static FolderScan Of(string root, bool isIsolated)
    {
        var scan = new FolderScan(isIsolated);
        try
        {
            foreach (var model in Visible(root))
            {
                scan.AddModel(Path.GetFileName(model), model);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            scan.Fault = Directory.Exists(root)
                ? $"The folder of models cannot be read: {exception.Message}"
                : $"The folder of models does not exist: {root}";
            scan.IsWhole = false;
            return scan;
        }

        if (scan.Sources.Count + scan.Unreadable.Count == 0)
        {
            scan.Fault = $"The folder of models holds no <name>/<version>/ folder: {root}";
        }

        return scan;
    }

    /// <summary>The bytes of the files in a folder; 0 where it cannot be read, since the loader reports the reason.</summary>
    internal static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private void AddModel(string name, string folder)
    {
        try
        {
            _sources.AddRange(Visible(folder).Select(version => VersionSource.Of(name, version) with { IsIsolated = _isIsolated }));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            IsWhole = false;
            var fault = new BundleFault("", "", $"The model's folder cannot be read: {exception.Message}");
            _unreadable.Add(ModelVersion.Failed(new VersionSource(name, UnknownVersion, folder), [fault], faultCount: 1, TimeSpan.Zero));
        }
    }

    private static IEnumerable<string> Visible(string folder) =>
        Directory.GetDirectories(folder).Where(child => Path.GetFileName(child)[0] != '.');
}
