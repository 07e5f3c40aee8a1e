using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Limits;
using ModelApi.Shutdown;

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

        // The slim builder leaves it out, with IIS, HTTP/3 and the logs of Windows, which would each take their time at the start.
        builder.WebHost.UseKestrelHttpsConfiguration();

        // That hosting failed is told in plain lines: see Startup. What stops a running host is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<LimitsOptions, LimitsOptionsValidator>().BindConfiguration(LimitsOptions.Section);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitsOptions>>((kestrel, limits) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.Value.MaxRequestBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = limits.Value.MaxConcurrentConnections;
        });
        services.AddOptions<HostOptions>().Configure<IOptions<LimitsOptions>>((host, limits) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(limits.Value.ShutdownSeconds + DrainSeconds(limits.Value, builder.Environment)));

        services.AddRequestDecompression();
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<LimitsOptions>>((timeouts, limits) =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = TimeSpan.FromSeconds(limits.Value.RequestTimeoutSeconds),
                TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
                WriteTimeoutResponse = context => Problems.TimedOut(limits.Value.RequestTimeoutSeconds).WriteAsync(context),
            });

        services.AddSingleton(provider => new Draining(
            TimeSpan.FromSeconds(DrainSeconds(provider.GetRequiredService<IOptions<LimitsOptions>>().Value, builder.Environment)),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddHostedService<Announcement>();
        services.AddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());

            // The answers are JSON for programs and never part of a page, so only what JSON itself needs is escaped.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
    }

    public static void UseHosting(this WebApplication app)
    {
        app.UseRequestTimeouts();
        app.UseRequestDecompression();
    }

    private static double DrainSeconds(LimitsOptions limits, IHostEnvironment environment) =>
        limits.DrainSeconds ?? (environment.IsDevelopment() ? 0 : 5);

    // The settings from which ASP.NET Core itself takes the addresses, in any of their spellings.
    private static bool IsAddressConfigured(ConfigurationManager configuration) =>
        configuration["urls"] is not null || configuration["http_ports"] is not null || configuration["https_ports"] is not null
        || configuration.GetSection("Kestrel:Endpoints").Exists();
}
