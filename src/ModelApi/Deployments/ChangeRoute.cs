using ModelApi.Errors;

namespace ModelApi.Deployments;

/// <summary>Metadata of endpoints that change a model: the problems that they end in besides those of all changes.</summary>
/// <param name="Statuses">Their HTTP statuses.</param>
internal sealed record ChangeRoute(IReadOnlyList<int> Statuses);

internal static class ChangeRouteExtensions
{
    /// <summary>Documents the answer to a change, and the problems that it can end in.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="statuses">The statuses of problems besides those of all changes.</param>
    public static RouteHandlerBuilder ProducesChange(this RouteHandlerBuilder endpoint, params int[] statuses) =>
        endpoint.Produces<ModelChangeReply>().WithMetadata(new ChangeRoute(statuses));

    /// <summary>One example of each problem.</summary>
    public static IEnumerable<Problem> Problems(this ChangeRoute route)
    {
        yield return DeploymentProblems.ChangedMeanwhile("bank", revision: 7);
        yield return DeploymentProblems.StoreAway(new("The store is being opened."));
        foreach (var status in route.Statuses)
        {
            switch (status)
            {
                case StatusCodes.Status409Conflict:
                    yield return DeploymentProblems.Conflict("Version 2 of model 'bank' is in production.");
                    break;
                case StatusCodes.Status422UnprocessableEntity:
                    yield return DeploymentProblems.InvalidBody(new() { ["/version"] = ["Missing; for example \"1\"."] });
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(route), status, "No example of this status.");
            }
        }
    }
}
