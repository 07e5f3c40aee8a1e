using System.Text.Json;
using ModelApi.Deployments.Archives;
using ModelApi.Errors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Takes archives that were received, as versions: complete, or not at all.</summary>
/// <remarks>
/// The archive is unpacked, then kept, and then the version is saved: a process that ends in between leaves files that no version needs,
/// and the next start deletes them.
/// </remarks>
internal sealed class Uploads(
    IDeploymentStore store, Deployer deployer, Reconciler reconciler, ModelRegistry registry, BundleFiles archives, UnpackedBundles bundles,
    TimeProvider time)
{
    private const int MostTries = 8;

    /// <summary>Why a version will not be taken, whatever its archive holds: said before that is sent.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Ends the look into the store.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be used now.</exception>
    public async Task<Problem?> CheckAsync(string model, string version, CancellationToken cancellationToken)
    {
        await reconciler.CatchUpAsync(cancellationToken);
        var record = await store.FindAsync(model, cancellationToken);
        return IsInFolder(record, model, version) ? UploadProblems.InFolder(model, version) : null;
    }

    /// <summary>Takes an archive as a version, which is then proved and loaded beside all others.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="actor">Who uploads it.</param>
    /// <param name="cancellationToken">Ends the work before the version is saved.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be used now, and nothing was changed.</exception>
    /// <exception cref="IOException">The disk fails or is full; nothing was changed.</exception>
    public async Task<Uploaded> TakeAsync(
        string model, string version, ReceivedArchive archive, Actor actor, CancellationToken cancellationToken)
    {
        await reconciler.CatchUpAsync(cancellationToken);
        await using var held = await archives.HoldAsync(cancellationToken);
        for (var tries = 1; ; tries++)
        {
            var record = await store.FindAsync(model, cancellationToken) ?? ModelRecord.New(model);
            if (Find(record, version, archive.Sha256) is { } known)
            {
                return known;
            }

            var problem = await UnpackAsync(model, version, archive, cancellationToken);
            if (problem is not null)
            {
                return new(problem);
            }

            await archives.SaveAsync(archive.File, archive.Sha256, cancellationToken);
            var added = record.With(version, time.GetUtcNow(), _ => new VersionRecord(
                version, VersionOrigin.Upload, archive.Sha256, archive.Format.Name(), archive.Bytes, Stage.None, IsDisabled: false,
                IsDeleted: false, time.GetUtcNow(), actor.User));
            try
            {
                await deployer.SaveAsync(model, record, new Edit(added, Actions.Upload, version), actor, cancellationToken);
                return new(Problem: null, IsNew: true);
            }
            catch (ChangedMeanwhileException) when (tries < MostTries)
            {
                // Another version of the model was changed meanwhile, or somebody has uploaded this one.
            }
        }
    }

    private Uploaded? Find(ModelRecord record, string version, string digest)
    {
        if (IsInFolder(record, record.Name, version))
        {
            return new(UploadProblems.InFolder(record.Name, version));
        }

        var known = record.Find(version);
        return known is null ? null
            : known.Digest == digest ? new(Problem: null, IsNew: false)
            : new(UploadProblems.Taken(record.Name, version));
    }

    private bool IsInFolder(ModelRecord? record, string model, string version) =>
        record?.Find(version) is { Origin: VersionOrigin.Folder }
        || registry.Snapshot.Find(model)?.Find(version) is { Origin: VersionOrigin.Folder };

    private async Task<Problem?> UnpackAsync(string model, string version, ReceivedArchive archive, CancellationToken cancellationToken)
    {
        var folder = bundles.FolderOf(model, version, archive.Sha256);
        try
        {
            await bundles.UnpackAsync(archive.File, archive.Format, folder, cancellationToken);
        }
        catch (ArchiveException exception)
        {
            bundles.Delete(folder);
            return ArchiveProblems.Unreadable(exception);
        }

        var (name, number) = ReadNames(Path.Combine(folder, BundleNames.Manifest));
        if ((name is null || name == model) && (number is null || number == version))
        {
            return null;
        }

        bundles.Delete(folder);
        return DeploymentProblems.OtherBundle(model, version, name, number);
    }

    // Null where the manifest does not say: then the version fails with all of the manifest's faults.
    private static (string? Name, string? Version) ReadNames(string manifest)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (Text(document.RootElement, "name"), Text(document.RootElement, "version"))
                : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement manifest, string member) =>
        manifest.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
