namespace ModelApi.Inference.Registry;

/// <summary>A name that clients call, with its versions.</summary>
public sealed class Model
{
    internal Model(string name, IReadOnlyList<ModelVersion> versions)
    {
        Name = name;
        Versions = versions;
        Production = versions.LastOrDefault(version => version.State == VersionState.Ready);
        IsLoading = Production is null && versions.Any(version => version.State == VersionState.Loading);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>All versions that were found, in ascending order.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; }

    /// <summary>
    /// The version that serves calls without a version: the newest that is ready, also while a newer one is loading. Null when none is.
    /// </summary>
    public ModelVersion? Production { get; }

    /// <summary>Whether there is no <see cref="Production"/> yet, but one is still loading.</summary>
    public bool IsLoading { get; }

    /// <summary>The version with that number, in any state, or null.</summary>
    public ModelVersion? Find(string version) => Versions.FirstOrDefault(candidate => candidate.Version == version);

    /// <summary>The stage of one of the versions.</summary>
    public Stage StageOf(ModelVersion version) => ReferenceEquals(version, Production) ? Stage.Production : Stage.None;

    internal Model With(ModelVersion loading, ModelVersion loaded) =>
        new(Name, [.. Versions.Select(version => ReferenceEquals(version, loading) ? loaded : version)]);
}
