namespace ModelApi.Health;

internal static class HealthExtensions
{
    public const string Ready = "ready";

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks()
            .AddCheck<DrainingCheck>("draining", tags: [Ready])
            .AddCheck<ModelsCheck>("models", tags: [Ready]);
}
