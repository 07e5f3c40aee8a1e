using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

internal static class TelemetryExtensions
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        // ASP.NET Core's base class logs twice for each request that is refused, under the name of the handler.
        builder.Logging.AddFilter("ModelApi.Identity.ApiKeyHandler", LogLevel.Warning);

        // What RequestConsole writes, the console's own provider must not.
        builder.Logging.AddFilter<ConsoleLoggerProvider>(RequestLog.Category, LogLevel.None);
        var services = builder.Services;
        services.AddSingleton<RequestConsole>();
        services.AddHostedService(provider => provider.GetRequiredService<RequestConsole>());
        services.AddSingleton<RequestLog>();
    }

    public static void UseTelemetry(this WebApplication app) => RequestLog.Use(app);
}
