namespace ModelApi.Predictions;

internal static class PredictionEndpoints
{
    // PlainPrediction knows no other policy than that of a known caller.
    // Their deadlines are PredictionHandler's own, which requests may shorten.
    // The typed documentation of these routes is made from the registry: see PredictionOperations.
    public static RouteGroupBuilder MapPredictions(this IEndpointRouteBuilder routes)
    {
        var handler = ActivatorUtilities.CreateInstance<PredictionHandler>(routes.ServiceProvider);
        var group = routes.MapGroup("").WithTags("Predictions").RequireAuthorization();
        Map(new("/predict"));
        Map(new("/models/{name}/predict", HasModel: true));
        Map(new("/models/{name}/versions/{version}/predict", HasModel: true, HasVersion: true));
        return group;

        void Map(PredictionRoute route) => group
            .MapPost(route.Pattern, context => handler.PredictAsync(context, route.ModelOf(context), route.VersionOf(context)))
            .WithMetadata(route)
            .ExcludeFromDescription()
            .DisableRequestTimeout();
    }
}
