using Microsoft.AspNetCore.Http.HttpResults;
using ModelApi.Inference.Registry;

namespace ModelApi.Models;

internal static class ModelEndpoints
{
    public static RouteGroupBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Models").RequireAuthorization();
        group.MapGet("/models", ListModels)
            .WithName(nameof(ListModels))
            .WithSummary("Lists the models")
            .WithDescription("Every model and version that was found: its state, stage, engine and digest, and why it failed if it did.")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        return group;
    }

    private static Ok<ModelListReply> ListModels(ModelRegistry registry) =>
        TypedResults.Ok(new ModelListReply(registry.DefaultModel, [.. registry.Models.Select(ModelReply.Of)]));
}
