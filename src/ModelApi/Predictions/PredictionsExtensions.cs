using ModelApi.OpenApi;

namespace ModelApi.Predictions;

internal static class PredictionsExtensions
{
    public static void AddPredictions(this WebApplicationBuilder builder)
    {
        ContentCodings.RefuseTruncated();
        var services = builder.Services;
        services.AddSingleton<BodyReader>();
        services.AddSingleton<Predictor>();
        services.AddSingleton<PlainRoutes>();
        services.AddSingleton<IPredictionObserver, PredictionMetrics>();
        services.AddSingleton<IModelOperations, PredictionOperations>();
    }

    /// <summary>Begins and ends each prediction here, and answers plain ones before the rest of the pipeline.</summary>
    public static void UsePredictions(this WebApplication app)
    {
        var transport = ActivatorUtilities.CreateInstance<PredictionTransport>(app.Services);
        app.Use(next => context => transport.AnswerAsync(context, next));
        app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<PlainRoutes>().Check());
    }
}
