using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

internal static class VersionDiffEndpoints
{
    public const string OtherParameter = "other";

    public static void AddVersionDiffs(this WebApplicationBuilder builder) =>
        builder.Services.ConfigureSwaggerGen(generator => generator.OperationFilter<VersionDiffDescription>());

    public static void MapVersionDiffs(this IEndpointRouteBuilder routes) =>
        routes.MapGet($"/models/{{name}}/versions/{{version}}/diff/{{{OtherParameter}}}", GetVersionDiff)
            .WithName(nameof(GetVersionDiff))
            .WithSummary("Compares two versions of a model")
            .WithDescription(
                "How the contract of the other version differs from that of this one, and whether a difference breaks clients that were "
                + "written for this one; with the metrics of both and the training arguments that differ.")
            .WithDeploymentsTag()
            .RequireAuthorization();

    private static Results<Ok<VersionDiffReply>, Problem> GetVersionDiff(string name, string version, string other, VersionLookup versions)
    {
        if (!versions.TryFindModel(name, out var model, out var failure)
            || !TryFind(model, version, out var old, out failure)
            || !TryFind(model, other, out var @new, out failure))
        {
            return Problem.Of(failure);
        }

        return TypedResults.Ok(VersionDiffReply.Of(old, @new));
    }

    private static bool TryFind(
        Model model, string number, [NotNullWhen(true)] out ModelVersion? version, [NotNullWhen(false)] out PredictionFailure? failure)
    {
        version = model.Find(number);
        failure = version switch
        {
            null => VersionLookup.UnknownVersion(model, number),
            { Manifest: null } => Failures.NotReady(
                $"Version {version.Version} of model '{model.Name}' cannot be compared: its manifest was not read; "
                + $"GET /models/{model.Name}/versions/{version.Version} says why."),
            _ => null,
        };
        return failure is null;
    }
}
