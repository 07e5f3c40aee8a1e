using Microsoft.OpenApi;
using ModelApi.Predictions;

namespace ModelApi.Deployments.Rollouts;

internal static class RolloutsExtensions
{
    public static void AddRollouts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RolloutRuns>();
        services.AddSingleton<RolloutQueue>();
        services.AddSingleton<RolloutWorker>();
        services.AddSingleton<IPredictionObserver, RolloutObserver>();
        services.AddHostedService<RolloutKeeper>();
        services.ConfigureSwaggerGen(generator => generator.MapType<PromoteAfter>(
            () => new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.String | JsonSchemaType.Null }));
    }
}
