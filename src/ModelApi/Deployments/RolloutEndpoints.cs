using ModelApi.Answers;
using ModelApi.Deployments.Rollouts;
using ModelApi.Errors;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>The routes of a model's rollout.</summary>
internal static class RolloutEndpoints
{
    private const string ForceParameter = "force";
    private const string Example =
        """
        {"version":"2","mode":"canary","percent":10,"key":"header:X-Client","maxErrorRate":0.01,"maxLabelDifference":0.05,
         "maxLatencyRatio":2,"minimumRows":1000,"promoteAfter":"24:00:00"}
        """;

    public static void MapRollouts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/models/{name}").WithDeploymentsTag().RequireAuthorization()
            .AddEndpointFilter<StoreFailureFilter>();
        group.MapPut("/rollout", BeginAsync)
            .WithName("BeginRollout")
            .WithSummary("Lets a version prove itself beside production")
            .WithDescription(
                "A shadow gets copies of the rows once they are answered, and answers nobody; a canary answers a share of the calls. Both "
                + "versions are compared row by row. Limits withdraw the version by themselves, and promoteAfter promotes it; "
                + "?force=true lets that happen also where its contract breaks clients.")
            .WithMetadata(new QueryParameters(ForceParameter), new BodyExample(Example))
            .ProducesChange(409, 422);
        group.MapGet("/rollout", Get)
            .WithName("GetRollout")
            .WithSummary("Shows the rollout of a model")
            .WithDescription(
                "Rows compared, the share of labels that differ, the labels of both versions as a table, quantiles of the score "
                + "difference, errors and latencies side by side. Shares have 95 % confidence intervals (Wilson).")
            .Produces<RolloutReply>();
        group.MapDelete("/rollout", EndAsync)
            .WithName("EndRollout")
            .WithSummary("Ends the rollout of a model")
            .WithDescription("Production answers all calls again.")
            .ProducesChange();
    }

    private static async Task<IResult> BeginAsync(string name, bool? force, HttpContext context, Changes changes)
    {
        var (body, problem) = await BodyFields.ReadJsonAsync(context);
        if (problem is not null)
        {
            return problem;
        }

        if (RolloutSettingsReader.Read(body, out var faults) is not { } settings)
        {
            return DeploymentProblems.InvalidBody(faults.GroupBy(fault => fault.Pointer, StringComparer.Ordinal).ToDictionary(
                group => group.Key, group => group.Select(fault => fault.Message).ToArray(), StringComparer.Ordinal));
        }

        return await changes.MakeAsync(context, name, editing => Decision.Of(
            RolloutEdits.Begin(editing, settings with { IsForced = force ?? false }, out var edit), edit));
    }

    private static IResult Get(string name, VersionLookup versions, RolloutRuns runs) =>
        !versions.TryFindModel(name, out var model, out var failure) ? Problem.Of(failure)
        : runs.Find(model.Name) is { } run ? TypedResults.Ok(RolloutReply.Of(run, model))
        : DeploymentProblems.NoRollout(model.Name);

    private static Task<IResult> EndAsync(string name, HttpContext context, Changes changes) =>
        changes.MakeAsync(context, name, editing => Decision.Of(RolloutEdits.End(editing, out var edit), edit));
}
