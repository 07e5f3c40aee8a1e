using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

internal static class TelemetryExtensions
{
    private const string ConsoleSection = "Logging:Console";
    private const string HostingCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ConsoleFormatter, LineFormatter>());

        // The slim builder chooses the simple formatter in code, which hides the configured name.
        services.Configure<ConsoleLoggerOptions>(console => console.FormatterName =
            configuration[$"{ConsoleSection}:FormatterName"] is { Length: > 0 } name ? name : LineFormatter.FormatterName);

        // In text a space follows the timestamp; in JSON it would be part of the value.
        services.PostConfigure<JsonConsoleFormatterOptions>(json => json.TimestampFormat = json.TimestampFormat?.TrimEnd());

        // With this category on, each request costs an activity and a scope. Only a console that prints scopes shows them.
        // First in the list, so that a configured level of the category wins.
        services.Configure<LoggerFilterOptions>(filters =>
        {
            var includeScopes = configuration[$"{ConsoleSection}:FormatterOptions:IncludeScopes"];
            if (!string.Equals(includeScopes, "true", StringComparison.OrdinalIgnoreCase))
            {
                filters.Rules.Insert(0, new LoggerFilterRule(providerName: null, HostingCategory, LogLevel.None, filter: null));
            }
        });

        // ASP.NET Core's base class logs each refused request twice, under the name of the handler.
        builder.Logging.AddFilter("ModelApi.Identity.ApiKeyHandler", LogLevel.Warning);

        // RequestLog itself hands its events to the console.
        builder.Logging.AddFilter<ConsoleLoggerProvider>(RequestLog.Category, LogLevel.None);
        services.AddSingleton<DistributedContextPropagator>(new StrictTraceContext(DistributedContextPropagator.Current));
        services.AddSingleton<RequestConsole>();
        services.AddHostedService(provider => provider.GetRequiredService<RequestConsole>());
        services.AddSingleton<RequestLog>();
    }

    public static void UseTelemetry(this WebApplication app) => RequestLog.Use(app);
}
