namespace ModelApi.Predictions;

internal static class PredictionEndpoints
{
    // Their deadlines are PredictionHandler's own, which requests may shorten.
    // The typed documentation of these routes is made from the registry: see OpenApi/PredictionOperation.cs.
    public static RouteGroupBuilder MapPredictions(this IEndpointRouteBuilder routes)
    {
        var handler = ActivatorUtilities.CreateInstance<PredictionHandler>(routes.ServiceProvider);
        var group = routes.MapGroup("").WithTags("Predictions").RequireAuthorization();
        Map("/predict", context => handler.PredictAsync(context, model: null, number: null));
        Map("/models/{name}/predict", context => handler.PredictAsync(context, Value(context, "name"), number: null));
        Map("/models/{name}/versions/{version}/predict", context => handler.PredictAsync(context, Value(context, "name"), Value(context, "version")));
        return group;

        void Map(string pattern, RequestDelegate handle) => group.MapPost(pattern, handle).ExcludeFromDescription().DisableRequestTimeout();
    }

    private static string? Value(HttpContext context, string parameter) => (string?)context.GetRouteValue(parameter);
}
