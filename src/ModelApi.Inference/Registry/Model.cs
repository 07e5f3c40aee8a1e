namespace ModelApi.Inference.Registry;

/// <summary>A name that clients call, with its versions.</summary>
public sealed class Model
{
    internal Model(string name, IReadOnlyList<ModelVersion> versions, ModelPlacement? placement)
    {
        Name = name;
        Versions = versions;
        IsPlaced = placement is not null;
        Placement = placement ?? ModelPlacement.Empty;
        Production = IsPlaced ? FindProduction() : null;
        Candidate = Production is not null && Placement.Rollout is { } rollout && Find(rollout.Version) is { } candidate
            && candidate.State == VersionState.Ready && candidate != Production
            ? candidate
            : null;
        IsLoading = Production is null && (!IsPlaced || versions.Any(MayServe));
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>All versions that were found or uploaded, in ascending order.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; }

    /// <summary>What operators have decided about it.</summary>
    public ModelPlacement Placement { get; }

    /// <summary>
    /// The version that serves calls without a version: the one in that stage; before a stage is set, the newest of the folder that is
    /// ready, also while a newer one is loading. Null when none is.
    /// </summary>
    public ModelVersion? Production { get; }

    /// <summary>The version of <see cref="ModelPlacement.Rollout"/>, if there is one and both it and production can be called.</summary>
    public ModelVersion? Candidate { get; }

    /// <summary>Whether there is no <see cref="Production"/> yet, but may soon be.</summary>
    public bool IsLoading { get; }

    /// <summary>Whether the folder of models has a version of it.</summary>
    internal bool IsInFolder => Versions.Any(version => version.Origin == VersionOrigin.Folder);

    /// <summary>Whether <see cref="Placement"/> is known.</summary>
    internal bool IsPlaced { get; }

    /// <summary>The version with that number, in any state, or null.</summary>
    public ModelVersion? Find(string version)
    {
        for (var i = Versions.Count - 1; i >= 0; i--)
        {
            if (Versions[i].Version == version)
            {
                return Versions[i];
            }
        }

        return null;
    }

    /// <summary>The stage of one of the versions; production also for one that serves because no stage was set.</summary>
    public Stage StageOf(ModelVersion version) =>
        ReferenceEquals(version, Production) ? Stage.Production : Placement.StageOf(version.Version);

    private ModelVersion? FindProduction() => Placement.IsStaged
        ? Versions.FirstOrDefault(version => IsProduction(version) && version.State == VersionState.Ready)
        : Versions.LastOrDefault(version => version is { State: VersionState.Ready, Origin: VersionOrigin.Folder });

    private bool MayServe(ModelVersion version) =>
        version.IsPending && (Placement.IsStaged ? IsProduction(version) : version.Origin == VersionOrigin.Folder);

    private bool IsProduction(ModelVersion version) => Placement.StageOf(version.Version) == Stage.Production;
}
