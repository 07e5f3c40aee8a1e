namespace ModelApi.Telemetry;

internal static class TelemetryExtensions
{
    // ASP.NET Core's base class logs twice for each request that is refused, under the name of the handler.
    public static void AddTelemetry(this WebApplicationBuilder builder) =>
        builder.Logging.AddFilter("ModelApi.Identity.ApiKeyHandler", LogLevel.Warning);

    public static void UseTelemetry(this WebApplication app) => RequestLog.Use(app);
}
