using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ModelApi.Telemetry;

namespace ModelApi.Tests.Telemetry;

/// <summary>The quick writers of the request log beside the console's own formatters.</summary>
public sealed partial class RequestLinesTests
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly RequestEvent[] Events =
    [
        new("POST", "/predict", 200, 0, 0, "pedro1", "bank", "1", null),
        new("POST", "/models/{name}/versions/{version}/predict", 200, 0, 0, "<ana> \"é\" 日本 \U0001F600", "b+nk", "12", null),
        new("POST", "/predict", 422, 0, 0, "pedro1", null, null, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        new("GET", "(no route)", 404, 0, 0, "-", null, null, "0HNQ7GF6R4SI9:00000001"),
        new("(other)", "/models", 200, 0, 0, new string('x', 400) + "\uFFFD", null, null, null),
    ];

    public static TheoryData<int, double> Cases()
    {
        var cases = new TheoryData<int, double>();
        for (var i = 0; i < Events.Length; i++)
        {
            foreach (var milliseconds in new[] { 0, 0.0004, 0.001, 0.081, 1, 12.3456, 999.9994, 1234567.891 })
            {
                cases.Add(i, milliseconds);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_simple_line_is_that_of_the_simple_formatter(int index, double milliseconds)
    {
        var options = new SimpleConsoleFormatterOptions { SingleLine = true, TimestampFormat = Format, UseUtcTimestamp = true, ColorBehavior = LoggerColorBehavior.Disabled };

        var line = LineOf(new SimpleRequestLines(options), index, milliseconds);

        Assert.StartsWith("2026-11-21T03:04:05.678Z info: ModelApi.Requests[", line, StringComparison.Ordinal);
        using var formatted = new FormattedRequestLines(FormatterNamed("simple", console => console.AddSimpleConsole(simple =>
            (simple.SingleLine, simple.TimestampFormat, simple.UseUtcTimestamp, simple.ColorBehavior) = (true, Format, true, LoggerColorBehavior.Disabled))));
        Assert.Equal(WithoutTime(LineOf(formatted, index, milliseconds)), WithoutTime(line));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_JSON_line_is_that_of_the_JSON_formatter(int index, double milliseconds)
    {
        var options = new JsonConsoleFormatterOptions { TimestampFormat = Format, UseUtcTimestamp = true };

        var line = LineOf(new JsonRequestLines(options), index, milliseconds);

        Assert.Equal("2026-11-21T03:04:05.678Z ", JsonDocument.Parse(line).RootElement.GetProperty("Timestamp").GetString());
        using var formatted = new FormattedRequestLines(FormatterNamed("json", console => console.AddJsonConsole(json =>
            (json.TimestampFormat, json.UseUtcTimestamp) = (Format, true))));
        Assert.Equal(WithoutTime(LineOf(formatted, index, milliseconds)), WithoutTime(line));
    }

    [Fact]
    public void Without_a_timestamp_both_are_the_formatters_too()
    {
        using var simple = new FormattedRequestLines(FormatterNamed("simple", console => console.AddSimpleConsole(simple =>
            (simple.SingleLine, simple.ColorBehavior) = (true, LoggerColorBehavior.Disabled))));
        using var json = new FormattedRequestLines(FormatterNamed("json", console => console.AddJsonConsole()));

        Assert.Equal(LineOf(simple, 0, 1), LineOf(new SimpleRequestLines(new SimpleConsoleFormatterOptions { SingleLine = true }), 0, 1));
        Assert.Equal(LineOf(json, 0, 1), LineOf(new JsonRequestLines(new JsonConsoleFormatterOptions()), 0, 1));
    }

    private static string LineOf(RequestLines lines, int index, double milliseconds)
    {
        var output = new ArrayBufferWriter<byte>();
        lines.Write(Events[index], milliseconds, Time, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static ConsoleFormatter FormatterNamed(string name, Action<ILoggingBuilder> configure)
    {
        var services = new ServiceCollection().AddLogging(configure).BuildServiceProvider();
        return services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == name);
    }

    private static string WithoutTime(string line) => Timestamp().Replace(line, "TIME ");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ")]
    private static partial Regex Timestamp();
}
