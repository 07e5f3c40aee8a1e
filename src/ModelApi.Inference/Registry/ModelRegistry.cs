using System.Collections.Frozen;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Registry;

/// <summary>All models and versions that are loaded. Readers see one immutable snapshot and take no lock.</summary>
public sealed class ModelRegistry : IDisposable
{
    // What a model is listed with whose versions cannot be seen.
    private const string UnknownVersion = "-";

    private readonly string _root;
    private readonly string _defaultModel;
    private readonly VersionLoader _loader;
    private volatile FrozenDictionary<string, Model> _models = FrozenDictionary<string, Model>.Empty;

    /// <summary>Makes a registry that is empty until <see cref="LoadAsync"/>.</summary>
    /// <param name="root">The folder that holds <c>name/version/</c> folders.</param>
    /// <param name="defaultModel">The model that calls without a name mean.</param>
    /// <param name="loader">Loads each version.</param>
    public ModelRegistry(string root, string defaultModel, VersionLoader loader)
    {
        _root = root;
        _defaultModel = defaultModel;
        _loader = loader;
    }

    /// <summary>Whether <see cref="LoadAsync"/> has finished.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The model that calls without a name mean; it need not exist.</summary>
    public string DefaultModel => _defaultModel;

    /// <summary>All models, in the order of their names.</summary>
    public IEnumerable<Model> Models => _models.Values.OrderBy(model => model.Name, StringComparer.Ordinal);

    /// <summary>Why there is no model at all, or null.</summary>
    public string? RootFault { get; private set; }

    /// <summary>The model of that name, or null.</summary>
    public Model? Find(string name) => _models.GetValueOrDefault(name);

    /// <summary>Loads every version below the root, several at a time. A bad one stops nobody else.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var unreadable = new List<ModelVersion>();
        var folders = FindVersionFolders(unreadable);
        var versions = new ModelVersion[folders.Count];

        // The largest first: begun last, it would keep one core busy when the others are done.
        folders = [.. folders.OrderByDescending(folder => folder.Bytes)];
        await Parallel.ForAsync(0, folders.Count, cancellationToken, async (i, cancellation) =>
            versions[i] = await _loader.LoadAsync(folders[i].Model, folders[i].Path, cancellation).ConfigureAwait(false)).ConfigureAwait(false);

        _models = versions.Concat(unreadable)
            .GroupBy(version => version.Model, StringComparer.Ordinal)
            .Select(group => new Model(group.Key, [.. group.OrderBy(version => version.Version.Length).ThenBy(version => version.Version, StringComparer.Ordinal)]))
            .ToFrozenDictionary(model => model.Name, StringComparer.Ordinal);
        IsLoaded = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var version in _models.Values.SelectMany(model => model.Versions))
        {
            version.Dispose();
        }
    }

    private List<VersionFolder> FindVersionFolders(List<ModelVersion> unreadable)
    {
        var folders = new List<VersionFolder>();
        try
        {
            foreach (var model in Visible(_root))
            {
                try
                {
                    folders.AddRange(Visible(model).Select(version => new VersionFolder(Path.GetFileName(model), version, SizeOf(version))));
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    unreadable.Add(ModelVersion.Failed(
                        Path.GetFileName(model), UnknownVersion, [new BundleFault("", "", $"The model's folder cannot be read: {exception.Message}")], TimeSpan.Zero));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            RootFault = Directory.Exists(_root)
                ? $"The folder of models cannot be read: {exception.Message}"
                : $"The folder of models does not exist: {_root}";
            return folders;
        }

        if (folders.Count + unreadable.Count == 0)
        {
            RootFault = $"The folder of models holds no <name>/<version>/ folder: {_root}";
        }

        return folders;
    }

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Loading it will say what is wrong with it.
            return 0;
        }
    }

    private static IEnumerable<string> Visible(string folder) =>
        Directory.GetDirectories(folder).Where(child => Path.GetFileName(child)[0] != '.');

    private sealed record VersionFolder(string Model, string Path, long Bytes);
}
