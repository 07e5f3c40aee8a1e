using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using ModelApi.Configuration;
using ModelApi.Errors;
using ModelApi.Limits;

namespace ModelApi.Hosting;

internal static class HostingExtensions
{
    private const string DefaultUrl = "http://localhost:8900";

    public static void AddHosting(this WebApplicationBuilder builder)
    {
        if (!IsAddressConfigured(builder.Configuration))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        // The slim builder leaves HTTPS out, along with IIS, HTTP/3 and Windows event logs, which the server does not need.
        builder.WebHost.UseKestrelHttpsConfiguration();

        // Startup explains a failed start in plain lines. Only what stops a running host is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        var services = builder.Services;
        builder.AddSettings(LimitsOptions.Section, LimitsOptions.Read);
        services.AddOptions<KestrelServerOptions>().Configure<SettingsSection<LimitsOptions>>((kestrel, limits) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.Unchecked.MaxRequestBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = limits.Unchecked.MaxConcurrentConnections;
        });

        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<LimitsOptions>>((timeouts, limits) =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = TimeSpan.FromSeconds(limits.Value.RequestTimeoutSeconds),
                TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
                WriteTimeoutResponse = context => Failures.TimedOut(limits.Value.RequestTimeoutSeconds).WriteAsync(context),
            });

        services.AddSingleton<Banner>();
        services.AddHostedService<Announcement>();
        services.AddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());

            // The answers are never part of an HTML page, so only what JSON itself requires is escaped.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
    }

    public static void UseHosting(this WebApplication app) => app.UseRequestTimeouts();

    // The settings from which ASP.NET Core takes the addresses.
    private static bool IsAddressConfigured(ConfigurationManager configuration) =>
        configuration["urls"] is not null || configuration["http_ports"] is not null || configuration["https_ports"] is not null
        || configuration.GetSection("Kestrel:Endpoints").Exists();
}
