using ModelApi.Deployments.Archives;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>Gives bundles back: an uploaded one as it came, one of the folder of models packed anew.</summary>
internal sealed class BundleDownloads(IDeploymentStore store, BundleFiles archives, VersionLookup versions)
{
    // Of the whole archive, also where an answer holds a part of it (RFC 9530, section 3).
    public const string DigestField = "Repr-Digest";

    /// <summary>Answers with the bundle of a version.</summary>
    /// <exception cref="StoreUnavailableException">The archive is where it cannot be fetched from now.</exception>
    public async Task<IResult> GetAsync(string name, string number, HttpContext context)
    {
        if (!versions.TryFindModel(name, out var model, out var failure))
        {
            return Problem.Of(failure);
        }

        var version = model.Find(number);
        return version switch
        {
            null => Problem.Of(VersionLookup.UnknownVersion(model, number)),
            { Origin: VersionOrigin.Upload } => await GetUploadAsync(version, context),
            { Manifest: null } => Problem.Of(Failures.NotReady(
                $"The bundle of version {number} of model '{name}' cannot be given: it is not loaded; "
                + $"GET /models/{name}/versions/{number} says why.")),
            _ => await GetFolderAsync(version, context),
        };
    }

    private async Task<IResult> GetUploadAsync(ModelVersion version, HttpContext context)
    {
        var record = (await store.FindAsync(version.Model, context.RequestAborted))?.Find(version.Version);
        if (record is not { Digest: { } digest, Format: { } format })
        {
            // Deleted a moment ago: the registry follows.
            return Problem.Of(Failures.NotReady($"Version {version.Version} of model '{version.Model}' was deleted just now."));
        }

        var file = await archives.FetchAsync(digest, context.RequestAborted);
        SetDigest(context, digest);
        var options = new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan };
        return TypedResults.Stream(
            new FileStream(file, options),
            ArchiveFormats.Find(format)!.Value.MediaType(),
            $"{version.Model}-{version.Version}.{format}",
            entityTag: ArchiveTag.Of(digest),
            enableRangeProcessing: true);
    }

    private static async Task<IResult> GetFolderAsync(ModelVersion version, HttpContext context)
    {
        var archive = new FolderArchive(version);
        var (sha256, bytes) = await archive.MeasureAsync(context.RequestAborted);
        SetDigest(context, sha256);
        return new FolderBundle(archive, $"{version.Model}-{version.Version}.{ArchiveFormat.TarGz.Name()}", sha256, bytes);
    }

    private static void SetDigest(HttpContext context, string sha256)
    {
        context.Response.Headers[DigestField] = ContentDigest.Write(sha256);
        context.Response.Headers.CacheControl = "private, no-cache";
    }
}
