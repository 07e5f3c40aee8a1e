namespace ModelApi.Overload;

internal static class OverloadExtensions
{
    public static void AddOverload(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<PredictionGate>();
        services.AddSingleton<OverloadMetrics>();
        services.AddSingleton<RequestMemory>();
        services.AddSingleton<LargeBodies>();
        services.AddSingleton<Deadlines>();
        services.AddHostedService<IdleMemory>();
        services.AddHostedService<SteadyMemory>();
    }
}
