using ModelApi.Answers;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>The routes that change models: stages, rollback, aliases, what is enabled, and what is deleted.</summary>
internal static class DeploymentEndpoints
{
    private const string ForceParameter = "force";
    private const int MostEntries = 1000;
    private const int DefaultEntries = 100;

    // So many changes are looked at for a rollback.
    private const int RollbackDepth = 10_000;

    public static void MapDeployments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/models").WithDeploymentsTag().RequireAuthorization()
            .AddEndpointFilter<StoreFailureFilter>();
        group.MapPost("/{name}/versions/{version}/stage", SetStageAsync)
            .WithName("SetStage")
            .WithSummary("Moves a version to a stage")
            .WithDescription(
                "Staging, Production, Archived or None. The version that was in production is archived; requests that it has are answered "
                + "by it, all later ones by the new one. A version with another contract is refused unless ?force=true.")
            .WithMetadata(new QueryParameters(ForceParameter), new BodyExample("""{"stage":"Production"}"""))
            .ProducesChange(409, 422);
        group.MapPost("/{name}/rollback", RollBackAsync)
            .WithName("RollBack")
            .WithSummary("Returns to the version that was in production before")
            .WithDescription("Again and again along the history; versions that are not ready any more are passed over.")
            .ProducesChange(409);
        group.MapGet("/{name}/history", GetHistoryAsync)
            .WithName("GetHistory")
            .WithSummary("Lists the changes of a model")
            .WithDescription("The newest first: who did what, when, and what was there before. Also of a model that was deleted.")
            .WithMetadata(new QueryParameters("limit", "before"))
            .Produces<HistoryReply>();
        group.MapPut("/{name}/aliases/{alias}", SetAliasAsync)
            .WithName("SetAlias")
            .WithSummary("Names a version")
            .WithDescription("Then /models/{name}@{alias}/predict calls it, and so do the other routes of a model.")
            .WithMetadata(new BodyExample("""{"version":"1"}"""))
            .ProducesChange(422);
        group.MapDelete("/{name}/aliases/{alias}", DeleteAliasAsync)
            .WithName("DeleteAlias")
            .WithSummary("Takes a name from its version")
            .WithDescription("Calls by the name are answered with 404 from then on. The version stays.")
            .ProducesChange();
        MapEnabling(group);
        group.MapDelete("/{name}/versions/{version}", DeleteVersionAsync)
            .WithName("DeleteVersion")
            .WithSummary("Deletes a version")
            .WithDescription(
                "Not one that is in production, in a rollout, or has an alias. A version of the folder of models is hidden, and stays so "
                + "while its folder is there.")
            .ProducesChange(409);
        group.MapDelete("/{name}", DeleteModelAsync)
            .WithName("DeleteModel")
            .WithSummary("Deletes a model with all its versions")
            .WithDescription(
                "Also one that is in production. Versions of the folder of models are hidden, and their files stay; the history stays too.")
            .ProducesChange();
    }

    private static void MapEnabling(RouteGroupBuilder group)
    {
        foreach (var (action, isDisabled) in new[] { ("Disable", true), ("Enable", false) })
        {
            var path = action.ToLowerInvariant();
            var text = isDisabled ? "Calls are answered with 503 and the reason, and its memory is freed." : "It is loaded again.";
            group.MapPost($"/{{name}}/{path}", (string name, HttpContext context, Changes changes) => changes.MakeAsync(
                    context, name, editing => Decision.Of(null, VersionEdits.SetDisabled(editing, isDisabled))))
                .WithName($"{action}Model")
                .WithSummary($"{action}s a model")
                .WithDescription(text)
                .ProducesChange();
            group.MapPost($"/{{name}}/versions/{{version}}/{path}", (string name, string version, HttpContext context, Changes changes) =>
                    changes.MakeAsync(context, name, editing => Decision.Of(
                        VersionEdits.SetDisabled(editing, version, isDisabled, out var edit), edit)))
                .WithName($"{action}Version")
                .WithSummary($"{action}s a version")
                .WithDescription(text)
                .ProducesChange();
        }
    }

    private static async Task<IResult> SetStageAsync(string name, string version, bool? force, HttpContext context, Changes changes)
    {
        var (fields, problem) = await BodyFields.ReadAsync(context, "stage");
        var stage = fields?.Choice<Stage>("stage") ?? default;
        return (problem ?? fields!.Problem) as IResult ?? await changes.MakeAsync(context, name, editing => Decision.Of(
            StageEdits.Set(editing, version, stage, force ?? false, out var edit), edit));
    }

    private static async Task<IResult> RollBackAsync(string name, HttpContext context, Changes changes, IDeploymentStore store)
    {
        return await changes.MakeAsync(context, name, async (editing, cancellationToken) =>
        {
            var history = await store.ReadHistoryAsync(name, RollbackDepth, before: null, cancellationToken);
            return Decision.Of(StageEdits.RollBack(editing, history, out var edit), edit);
        });
    }

    private static async Task<IResult> GetHistoryAsync(
        string name, int? limit, long? before, IDeploymentStore store, VersionLookup versions, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostEntries)
        {
            return Problem.Of(Failures.InvalidParameter("limit", "1", $"{MostEntries}"));
        }

        var most = limit ?? DefaultEntries;
        var entries = await store.ReadHistoryAsync(name, most, before, cancellationToken);
        if (entries.Count == 0 && !versions.TryFindModel(name, out _, out var unknown))
        {
            return Problem.Of(unknown);
        }

        return TypedResults.Ok(new HistoryReply(
            name, [.. entries.Select(HistoryEntryReply.Of)], entries.Count == most ? entries[^1].Id : null));
    }

    private static async Task<IResult> SetAliasAsync(string name, string alias, HttpContext context, Changes changes)
    {
        var (fields, problem) = await BodyFields.ReadAsync(context, "version");
        var version = fields?.Text("version", "1") ?? "";
        return (problem ?? fields!.Problem) as IResult ?? await changes.MakeAsync(context, name, editing => Decision.Of(
            VersionEdits.SetAlias(editing, alias, version, out var edit), edit));
    }

    private static Task<IResult> DeleteAliasAsync(string name, string alias, HttpContext context, Changes changes) =>
        changes.MakeAsync(context, name, editing => Decision.Of(VersionEdits.DeleteAlias(editing, alias, out var edit), edit));

    private static Task<IResult> DeleteVersionAsync(string name, string version, HttpContext context, Changes changes) =>
        changes.MakeAsync(context, name, editing => Decision.Of(VersionEdits.Delete(editing, version, out var edit), edit));

    private static Task<IResult> DeleteModelAsync(string name, HttpContext context, Changes changes) =>
        changes.MakeAsync(context, name, editing => Decision.Of(null, VersionEdits.Delete(editing)));
}
