namespace ModelApi.Health;

internal static class HealthExtensions
{
    public const string Ready = "ready";

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        // Failed probes are already in the request log, and their reasons in the log of the models.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        builder.Services.AddHealthChecks()
            .AddCheck<DrainingCheck>("draining", tags: [Ready])
            .AddCheck<ModelsCheck>("models", tags: [Ready])
            .AddCheck<StoreCheck>("store", tags: [Ready]);
    }
}
