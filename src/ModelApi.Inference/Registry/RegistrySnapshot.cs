using System.Collections.Frozen;

namespace ModelApi.Inference.Registry;

/// <summary>All models and versions at one moment. Never changes; each change of the registry makes a new one.</summary>
public sealed class RegistrySnapshot
{
    private readonly FrozenDictionary<string, Model> _byName;

    private RegistrySnapshot(long revision, bool isScanned, string? rootFault, IReadOnlyList<Model> models)
    {
        Revision = revision;
        IsScanned = isScanned;
        RootFault = rootFault;
        Models = models;
        IsLoaded = isScanned && models.All(model => model.Versions.All(version => version.State != VersionState.Loading));
        _byName = models.ToFrozenDictionary(model => model.Name, StringComparer.Ordinal);
    }

    /// <summary>How many snapshots were published before this one.</summary>
    public long Revision { get; }

    /// <summary>Whether the names of all models and versions are known; before that, the snapshot is empty.</summary>
    public bool IsScanned { get; }

    /// <summary>Whether every version is ready or failed.</summary>
    public bool IsLoaded { get; }

    /// <summary>Why no model was found, or null.</summary>
    public string? RootFault { get; }

    /// <summary>All models, in the ordinal order of their names.</summary>
    public IReadOnlyList<Model> Models { get; }

    internal static RegistrySnapshot Empty { get; } = new(0, isScanned: false, rootFault: null, []);

    /// <summary>The model with that name, or null.</summary>
    public Model? Find(string? name) => name is null ? null : _byName.GetValueOrDefault(name);

    internal RegistrySnapshot Scanned(IEnumerable<ModelVersion> versions, string? rootFault) => new(
        Revision + 1,
        isScanned: true,
        rootFault,
        [.. versions.GroupBy(version => version.Model, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Model(group.Key, [.. InOrder(group)]))]);

    internal RegistrySnapshot With(ModelVersion loading, ModelVersion loaded) => new(
        Revision + 1, IsScanned, RootFault, [.. Models.Select(model => model.Name == loading.Model ? model.With(loading, loaded) : model)]);

    internal RegistrySnapshot Cleared() => new(Revision + 1, isScanned: false, rootFault: null, []);

    private static IEnumerable<ModelVersion> InOrder(IEnumerable<ModelVersion> versions) =>
        versions.OrderBy(version => version.Version.Length).ThenBy(version => version.Version, StringComparer.Ordinal);
}
