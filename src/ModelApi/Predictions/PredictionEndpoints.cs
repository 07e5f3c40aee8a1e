using ModelApi.Answers;

namespace ModelApi.Predictions;

internal static class PredictionEndpoints
{
    /// <summary>Maps the prediction routes.</summary>
    /// <returns>Their group. What is added to it holds for every request: see <see cref="PlainRoutes"/>.</returns>
    public static RouteGroupBuilder MapPredictions(this IEndpointRouteBuilder routes)
    {
        var handler = ActivatorUtilities.CreateInstance<PredictionHandler>(routes.ServiceProvider);
        var group = routes.MapGroup("").WithTags("Predictions").RequireAuthorization();
        foreach (var takesRowsOnly in new[] { false, true })
        {
            var end = takesRowsOnly ? "/predict/batch" : "/predict";
            Map(end, hasModel: false, hasVersion: false);
            Map($"/models/{{name}}{end}", hasModel: true, hasVersion: false);
            Map($"/models/{{name}}/versions/{{version}}{end}", hasModel: true, hasVersion: true);

            void Map(string pattern, bool hasModel, bool hasVersion)
            {
                var route = new PredictionRoute(pattern, hasModel, hasVersion, takesRowsOnly) { Handler = handler.AnswerAsync };

                // The deadline is the handler's own, which requests may shorten. The document has these routes once for each model.
                group.MapPost(pattern, route.Handler)
                    .WithMetadata(route, new QueryParameters(OnInvalidParameter.Name))
                    .ExcludeFromDescription()
                    .DisableRequestTimeout();
            }
        }

        return group;
    }
}
