using ModelApi.Answers;
using ModelApi.Deployments.Archives;
using ModelApi.Errors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Storage;

namespace ModelApi.Deployments;

/// <summary>The routes on which bundles come and go.</summary>
internal static class UploadEndpoints
{
    public const string WaitParameter = "wait";
    public const string Upload = "UploadVersion";
    public const string Download = "GetBundle";

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        // Neither has a deadline of its own: the server ends uploads and downloads that are too slow.
        var group = routes.MapGroup("").WithDeploymentsTag().RequireAuthorization()
            .AddEndpointFilter<StoreFailureFilter>();
        group.DisableRequestTimeout();
        group.MapPut("/models/{name}/versions/{version}", UploadAsync)
            .WithName(Upload)
            .WithSummary("Uploads a bundle as a version")
            .WithDescription(
                "A zip or tar.gz file whose root holds model.json. The bundle is proved in a process of its own and loaded beside the "
                + "versions that serve: 202, and Location tells its state; with ?wait=true the answer comes when it is ready (201) or "
                + "has failed (422). It serves nobody until it is promoted. The same bytes again are 200, other bytes for the same version 409.")
            .WithMetadata(new QueryParameters(WaitParameter))
            .Produces<UploadReply>()
            .Produces<UploadReply>(StatusCodes.Status201Created)
            .Produces<UploadReply>(StatusCodes.Status202Accepted);
        group.MapGet("/models/{name}/versions/{version}/bundle", DownloadAsync)
            .WithName(Download)
            .WithSummary("Gives the bundle of a version back")
            .WithDescription(
                "An uploaded bundle comes as it was sent, also in parts (Range). One of the folder of models comes as a tar.gz file, "
                + "always of the same bytes. ETag and Repr-Digest hold the digest of the archive.")
            .WithMetadata(new BareAnswer());
    }

    private static async Task<IResult> UploadAsync(
        string name, string version, string? wait, HttpContext context, BundleFiles archives, ArchiveReceiver receiver, Uploads uploads,
        ModelRegistry registry, IHostApplicationLifetime lifetime)
    {
        var problem = ReadWait(wait, out var waits) ?? CheckNames(name, version)
            ?? await uploads.CheckAsync(name, version, context.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        (var archive, problem) = await receiver.ReceiveAsync(context.Request, archives.IncomingFolder, context.RequestAborted);
        if (archive is null)
        {
            return problem!;
        }

        using (archive)
        {
            var uploaded = await uploads.TakeAsync(name, version, archive, Actor.Of(context), context.RequestAborted);
            if (uploaded.Problem is not null)
            {
                return uploaded.Problem;
            }

            var found = waits ? await WaitAsync(registry, name, version, context, lifetime) : registry.Snapshot.Find(name)?.Find(version);
            return Answer(context, uploaded, archive, registry, name, version, found, waits);
        }
    }

    private static Task<IResult> DownloadAsync(string name, string version, HttpContext context, BundleDownloads downloads) =>
        downloads.GetAsync(name, version, context);

    private static Problem? ReadWait(string? text, out bool waits)
    {
        waits = false;
        return text is null || bool.TryParse(text, out waits)
            ? null
            : Problem.Of(Failures.InvalidParameter(WaitParameter, "true", "false"));
    }

    private static Problem? CheckNames(string name, string version) =>
        !BundleNames.IsModel(name) ? UploadProblems.InvalidModel(name)
        : !BundleNames.IsVersion(version) ? UploadProblems.InvalidVersion(version)
        : null;

    private static async Task<ModelVersion?> WaitAsync(
        ModelRegistry registry, string name, string version, HttpContext context, IHostApplicationLifetime lifetime)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            return await LoadedVersion.WaitAsync(registry, name, version, ends.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The version is kept, and loaded at the next start: 202 says as much.
            return registry.Snapshot.Find(name)?.Find(version);
        }
    }

    private static IResult Answer(
        HttpContext context, Uploaded uploaded, ReceivedArchive archive, ModelRegistry registry, string name, string version,
        ModelVersion? found, bool waits)
    {
        var location = $"{context.Request.PathBase}/models/{name}/versions/{version}";
        context.Response.Headers.ETag = ArchiveTag.Of(archive.Sha256).ToString();
        if (waits && found is { State: VersionState.Failed })
        {
            context.Response.Headers.Location = location;
            return UploadProblems.Failed(found);
        }

        var stage = found is null ? Stage.None : registry.Snapshot.Find(name)?.StageOf(found) ?? Stage.None;
        var reply = UploadReply.Of(name, version, archive.Sha256, archive.Bytes, found, stage);
        return !uploaded.IsNew ? TypedResults.Ok(reply)
            : waits && found is { IsPending: false } ? TypedResults.Created(location, reply)
            : TypedResults.Accepted(location, reply);
    }
}
