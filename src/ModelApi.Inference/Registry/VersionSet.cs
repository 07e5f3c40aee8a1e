using System.Collections.Immutable;

namespace ModelApi.Inference.Registry;

/// <summary>The versions of one model while they are changed: one for each number, in ascending order.</summary>
internal sealed class VersionSet
{
    private static readonly Comparer<string> Ascending = Comparer<string>.Create((one, other) =>
        one.Length != other.Length ? one.Length.CompareTo(other.Length) : string.CompareOrdinal(one, other));

    private readonly ImmutableSortedDictionary<string, ModelVersion> _versions;

    public VersionSet(IEnumerable<ModelVersion> versions)
        : this(ImmutableSortedDictionary.Create<string, ModelVersion>(Ascending)
            .AddRange(versions.Select(version => KeyValuePair.Create(version.Version, version))))
    {
    }

    private VersionSet(ImmutableSortedDictionary<string, ModelVersion> versions) => _versions = versions;

    public bool Contains(ModelVersion version) =>
        _versions.TryGetValue(version.Version, out var present) && ReferenceEquals(present, version);

    /// <summary>Adds versions; one of a number that is there takes its place.</summary>
    public VersionSet Add(IEnumerable<ModelVersion> versions) =>
        new(_versions.SetItems(versions.Select(version => KeyValuePair.Create(version.Version, version))));

    public VersionSet Remove(string version) => new(_versions.Remove(version));

    /// <summary>
    /// The versions as a placement wants them: without the hidden ones of the folder, disabled ones not loaded, and those that are
    /// disabled no longer about to be loaded.
    /// </summary>
    public IEnumerable<ModelVersion> Placed(ModelPlacement placement)
    {
        foreach (var version in _versions.Values)
        {
            if (version.Origin == VersionOrigin.Folder && placement.HiddenVersions.Contains(version.Version))
            {
                continue;
            }

            var isDisabled = version.State == VersionState.Disabled;
            yield return placement.Disables(version.Version) == isDisabled || version.State == VersionState.Unloaded
                ? version
                : isDisabled ? ModelVersion.Pending(version.Source) : ModelVersion.Disabled(version.Source);
        }
    }
}
