using Microsoft.AspNetCore.Http.HttpResults;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.OpenApi;

namespace ModelApi.Models;

internal static class ModelEndpoints
{
    public const string NameParameter = "name";
    public const string VersionParameter = "version";

    public static RouteGroupBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTag("Models", "The models and versions that the server has found.").RequireAuthorization();
        group.MapGet("/models", ListModels)
            .WithName(nameof(ListModels))
            .WithSummary("Lists the models")
            .WithDescription("Every model and version that was found: state, stage, engine, digest, and the faults of one that failed.");
        group.MapGet("/models/{name}", GetModel)
            .WithName(nameof(GetModel))
            .WithSummary("Describes a model")
            .WithDescription("Each version of the model: state, stage, engine, digest, signature, and the faults of one that failed.");
        group.MapGet("/models/{name}/versions/{version}", GetVersion)
            .WithName(nameof(GetVersion))
            .WithSummary("Describes a version of a model")
            .WithDescription("State, stage, engine, digest, signature and load time of the version, and its faults if it failed.");
        group.MapModelParts();
        return group;
    }

    private static Ok<ModelListReply> ListModels(ModelRegistry registry) => TypedResults.Ok(new ModelListReply(
        registry.DefaultModel, [.. registry.Snapshot.Models.Select(model => ModelReply.Of(model, withSignatures: false))]));

    private static Results<Ok<ModelReply>, Problem> GetModel(string name, VersionLookup versions, HttpResponse response)
    {
        if (!versions.TryFindModel(name, out var model, out var failure))
        {
            return Problem.Of(failure);
        }

        // For If-Match of a change. Not for a cache: versions become ready without a change.
        response.Headers.ETag = ModelReply.TagOf(model.Placement.Revision);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(ModelReply.Of(model, withSignatures: true));
    }

    private static Results<Ok<VersionReply>, Problem> GetVersion(string name, string version, VersionLookup versions)
    {
        if (!versions.TryFindModel(name, out var model, out var failure))
        {
            return Problem.Of(failure);
        }

        return model.Find(version) is { } found
            ? TypedResults.Ok(VersionReply.Of(found, model.StageOf(found), withSignature: true))
            : Problem.Of(VersionLookup.UnknownVersion(model, version));
    }
}
