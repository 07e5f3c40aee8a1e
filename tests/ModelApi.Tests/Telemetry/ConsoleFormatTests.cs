using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ModelApi.Telemetry;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Telemetry;

/// <summary>The console's settings, also when they change in a running server.</summary>
public sealed class ConsoleFormatTests : IDisposable
{
    private static readonly RequestEvent Request = new("GET", "/", 200, 0, 0, "-", null, null, null);

    private readonly ReconfiguredHost _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("Logging:Console:FormatterName", "json")]
    [InlineData("Logging:Console:FormatterName", "simple")]
    [InlineData("Logging:Console:FormatterOptions:IncludeScopes", "true")]
    [InlineData("Logging:Console:LogToStandardErrorThreshold", "Information")]
    public void Request_lines_go_through_the_consoles_logger_as_soon_as_a_setting_needs_it(string name, string value)
    {
        var console = _api.Services.GetRequiredService<RequestConsole>();
        Assert.True(console.TryAdd(Request));

        Set(name, value);
        Assert.False(console.TryAdd(Request));

        Set(name, null);
        Assert.True(console.TryAdd(Request));
    }

    [Theory]
    [InlineData(null, "line")]
    [InlineData("", "line")]
    [InlineData("json", "json")]
    [InlineData("systemd", "systemd")]
    public void The_configured_format_is_the_consoles(string? configured, string expected)
    {
        Set("Logging:Console:FormatterName", configured);

        Assert.Equal(expected, _api.Services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName);
    }

    [Fact]
    public void The_activity_and_the_scope_of_each_request_are_made_only_for_a_console_that_shows_them()
    {
        var hosting = _api.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");
        Assert.False(hosting.IsEnabled(LogLevel.Critical));

        Set("Logging:Console:FormatterOptions:IncludeScopes", "true");

        Assert.True(hosting.IsEnabled(LogLevel.Critical));
        Assert.False(hosting.IsEnabled(LogLevel.Information));
    }

    [Fact]
    public void A_configured_level_of_ASPNET_Cores_diagnostics_wins()
    {
        Set("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Information");

        var hosting = _api.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");
        Assert.True(hosting.IsEnabled(LogLevel.Information));
    }

    [Fact]
    public void A_JSON_timestamp_has_no_space_at_its_end()
    {
        var json = _api.Services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue;

        Assert.Equal("yyyy-MM-ddTHH:mm:ss.fffZ", json.TimestampFormat);
    }

    private void Set(string name, string? value)
    {
        var configuration = (IConfigurationRoot)_api.Services.GetRequiredService<IConfiguration>();
        configuration[name] = value;
        configuration.Reload();
    }

    /// <summary>A host whose last source of settings survives a reload.</summary>
    private sealed class ReconfiguredHost : ModelApiHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection());
        }
    }
}
