namespace ModelApi.Inference.Registry;

/// <summary>A name that clients call, with its versions.</summary>
public sealed class Model
{
    internal Model(string name, IReadOnlyList<ModelVersion> versions)
    {
        Name = name;
        Versions = versions;
        Production = versions.LastOrDefault(version => version.State == VersionState.Ready);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>All versions that were found, in ascending order.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; }

    /// <summary>The newest version that is ready: the one that serves calls without a version. Null when none is ready.</summary>
    public ModelVersion? Production { get; }

    /// <summary>The version of that number, ready or not, or null.</summary>
    public ModelVersion? Find(string version) => Versions.FirstOrDefault(candidate => candidate.Version == version);

    /// <summary>The stage of one of the versions.</summary>
    public Stage StageOf(ModelVersion version) => ReferenceEquals(version, Production) ? Stage.Production : Stage.None;
}
