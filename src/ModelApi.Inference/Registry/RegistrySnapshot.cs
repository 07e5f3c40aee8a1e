namespace ModelApi.Inference.Registry;

/// <summary>All models and versions at one moment. Never changes; each change of the registry makes a new one.</summary>
public sealed class RegistrySnapshot
{
    private readonly Dictionary<string, Model> _byName;

    private RegistrySnapshot(long revision, bool isScanned, string? rootFault, Dictionary<string, Model> byName)
    {
        Revision = revision;
        IsScanned = isScanned;
        RootFault = rootFault;
        _byName = byName;
        Models = [.. byName.Values.OrderBy(model => model.Name, StringComparer.Ordinal)];
        OnlyModel = Only(Models.Where(model => model.IsInFolder)) ?? Only(Models);
        IsLoaded = isScanned && Models.All(model => model.IsPlaced && !model.Versions.Any(version => version.IsPending));
    }

    /// <summary>How many snapshots were published before this one.</summary>
    public long Revision { get; }

    /// <summary>Whether the names of all models and versions are known; before that, the snapshot may lack some.</summary>
    public bool IsScanned { get; }

    /// <summary>Whether every version is ready, or will not be.</summary>
    public bool IsLoaded { get; }

    /// <summary>Why no model was found in the folder, or null.</summary>
    public string? RootFault { get; }

    /// <summary>All models, in the ordinal order of their names.</summary>
    public IReadOnlyList<Model> Models { get; }

    /// <summary>The name of the only model of the folder, or of the only model; null when there are several, or none.</summary>
    internal string? OnlyModel { get; }

    internal static RegistrySnapshot Empty { get; } = new(0, isScanned: false, rootFault: null, Names([]));

    /// <summary>The model with that name, or null.</summary>
    public Model? Find(string? name) => name is null ? null : _byName.GetValueOrDefault(name);

    /// <summary>The model and version that <c>name@alias</c> names, or null. The version may be missing from the model.</summary>
    public (Model Model, string Version)? FindAlias(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        return at > 0
            && _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name.AsSpan(0, at), out var model)
            && model.Placement.Aliases.TryGetValue(name[(at + 1)..], out var version)
                ? (model, version)
                : null;
    }

    internal RegistrySnapshot Scanned(string? rootFault) => new(Revision, isScanned: true, rootFault, _byName);

    /// <summary>With these models in the place of those of the same names; one without versions goes.</summary>
    internal RegistrySnapshot With(IEnumerable<Model> models)
    {
        var byName = Names(_byName);
        foreach (var model in models)
        {
            byName.Remove(model.Name);
            if (model.Versions.Count > 0)
            {
                byName.Add(model.Name, model);
            }
        }

        return new(Revision + 1, IsScanned, RootFault, byName);
    }

    internal RegistrySnapshot Cleared() => new(Revision + 1, isScanned: false, rootFault: null, Names([]));

    private static string? Only(IEnumerable<Model> models) => models.Take(2).ToList() is [var only] ? only.Name : null;

    private static Dictionary<string, Model> Names(Dictionary<string, Model> models) => new(models, StringComparer.Ordinal);
}
