using System.Collections.Immutable;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>Ways to change a <see cref="ModelRecord"/>; each gives a new one.</summary>
internal static class ModelRecordEdits
{
    public static VersionRecord? Find(this ModelRecord record, string version) =>
        record.Versions.FirstOrDefault(known => known.Version == version);

    /// <summary>The version in production, or null.</summary>
    public static string? Production(this ModelRecord record) =>
        record.Versions.FirstOrDefault(version => version.Stage == Stage.Production && !version.IsDeleted)?.Version;

    /// <summary>Changes what is known of a version; one of the folder need not be known before.</summary>
    public static ModelRecord With(
        this ModelRecord record, string version, DateTimeOffset now, Func<VersionRecord, VersionRecord> change)
    {
        var known = record.Find(version) ?? new VersionRecord(
            version, VersionOrigin.Folder, Digest: null, Format: null, Bytes: 0, Stage.None, IsDisabled: false, IsDeleted: false,
            now, CreatedBy: null);
        return record with { Versions = [.. record.Versions.Where(other => other.Version != version), change(known)] };
    }

    public static ModelRecord Without(this ModelRecord record, string version) =>
        record with { Versions = [.. record.Versions.Where(other => other.Version != version)] };

    public static ModelRecord WithAlias(this ModelRecord record, string alias, string? version)
    {
        var aliases = record.Aliases.Where(known => known.Key != alias);
        return record with
        {
            Aliases = (version is null ? aliases : aliases.Append(KeyValuePair.Create(alias, version)))
                .ToDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>
    /// The record from the first stage on: the version that has served because no stage was set keeps production until somebody takes it
    /// away.
    /// </summary>
    public static ModelRecord Staged(this ModelRecord record, Model model, DateTimeOffset now)
    {
        var staged = record with { IsStaged = true };
        return !record.IsStaged && model.Production is { } serving
            ? staged.With(serving.Version, now, version => version with { Stage = Stage.Production })
            : staged;
    }

    /// <summary>What the registry needs to know of it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="rollout">The rollout of the record, or null.</param>
    public static ModelPlacement ToPlacement(this ModelRecord record, Rollout? rollout)
    {
        var present = record.Versions.Where(version => !version.IsDeleted).ToList();
        return new ModelPlacement
        {
            Revision = record.Revision,
            IsStaged = record.IsStaged,
            IsDisabled = record.IsDisabled,
            Stages = present.Where(version => version.Stage != Stage.None)
                .ToImmutableDictionary(version => version.Version, version => version.Stage),
            Aliases = ModelPlacement.Empty.Aliases.AddRange(record.Aliases),
            DisabledVersions = [.. present.Where(version => version.IsDisabled).Select(version => version.Version)],
            HiddenVersions = [.. record.Versions.Where(version => version.IsDeleted).Select(version => version.Version)],
            Rollout = rollout,
        };
    }
}
