using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelApi.Configuration;
using ModelApi.Limits;

namespace ModelApi.Shutdown;

internal static class ShutdownExtensions
{
    private const double ProductionDrainSeconds = 5;

    public static void AddShutdown(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<HostOptions>().Configure<SettingsSection<LimitsOptions>>((host, limits) =>
            host.ShutdownTimeout =
                DrainTime(limits.Unchecked, builder.Environment) + TimeSpan.FromSeconds(limits.Unchecked.ShutdownSeconds));
        services.AddSingleton(provider => new Draining(
            DrainTime(provider.GetRequiredService<IOptions<LimitsOptions>>().Value, builder.Environment),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
    }

    /// <summary>Has clients close their connections while the server drains: each answer carries <c>Connection: close</c>.</summary>
    public static void UseShutdown(this WebApplication app)
    {
        var draining = app.Services.GetRequiredService<Draining>();
        Func<object, Task> close = state =>
        {
            var context = (HttpContext)state;
            if (draining.IsDraining && HttpProtocol.IsHttp11(context.Request.Protocol))
            {
                context.Response.Headers[HeaderNames.Connection] = "close";
            }

            return Task.CompletedTask;
        };

        // When the answer starts, since SIGTERM may come while the request is worked on. HTTP/2 has GOAWAY, which Kestrel sends.
        app.Use(next => context =>
        {
            context.Response.OnStarting(close, context);
            return next(context);
        });
    }

    private static TimeSpan DrainTime(LimitsOptions limits, IHostEnvironment environment) =>
        TimeSpan.FromSeconds(limits.DrainSeconds ?? (environment.IsDevelopment() ? 0 : ProductionDrainSeconds));
}
