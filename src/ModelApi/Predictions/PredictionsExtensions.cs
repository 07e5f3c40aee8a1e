using ModelApi.OpenApi;

namespace ModelApi.Predictions;

internal static class PredictionsExtensions
{
    public static void AddPredictions(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<PredictionMetrics>().AddSingleton<IModelOperations, PredictionOperations>();

    /// <summary>Lets plain predictions pass by the rest of the pipeline.</summary>
    public static void UsePlainPredictions(this WebApplication app) => PlainPrediction.Use(app);
}
