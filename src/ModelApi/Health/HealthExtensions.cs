namespace ModelApi.Health;

internal static class HealthExtensions
{
    public const string Ready = "ready";

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        // The library logs each probe that fails; the request log has them already, and the models' own log the reason.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        builder.Services.AddHealthChecks()
            .AddCheck<DrainingCheck>("draining", tags: [Ready])
            .AddCheck<ModelsCheck>("models", tags: [Ready]);
    }
}
