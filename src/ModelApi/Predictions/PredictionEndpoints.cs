using ModelApi.Inference.Registry;

namespace ModelApi.Predictions;

internal static class PredictionEndpoints
{
    // The typed documentation of these routes is made from the registry: see OpenApi/PredictionPaths.cs.
    public static RouteGroupBuilder MapPredictions(this IEndpointRouteBuilder routes)
    {
        var registry = routes.ServiceProvider.GetRequiredService<ModelRegistry>();
        var handler = ActivatorUtilities.CreateInstance<PredictionHandler>(routes.ServiceProvider);
        var group = routes.MapGroup("").WithTags("Predictions").RequireAuthorization();
        group.MapPost("/predict", (HttpContext context) => handler.PredictAsync(context, registry.DefaultModel)).ExcludeFromDescription();
        return group;
    }
}
