using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Console;
using ModelApi.Telemetry;

namespace ModelApi.Tests.Telemetry;

/// <summary>The quick writer of the request log beside the formatter and ASP.NET Core's log messages.</summary>
public sealed class RequestLinesTests
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly RequestEvent[] Events =
    [
        new("POST", "/predict", 200, 0, 0, "pedro1", "bank", "1", null),
        new("POST", "/models/{name}/versions/{version}/predict", 200, 0, 0, "<ana> \"é\" 日本 \U0001F600", "b+nk", "12", null),
        new("POST", "/predict", 422, 0, 0, "pedro1", null, null, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        new("POST", "/predict", 200, 0, 0, "x, model bank 1", "bank", "1", null),
        new("POST", "/predict", 200, 0, 0, string.Concat(Enumerable.Repeat("\u2028\u202e\"\\\e\n,", 18)), "bank", "1", null),
        new("GET", "/", 200, 0, 0, "-", null, null, null),
        new("GET", "(no route)", 404, 0, 0, null, null, null, "0HNQ7GF6R4SI9:00000001"),
        new("(other)", "/models", 200, 0, 0, new string('x', 400) + "\uFFFD", null, null, null),
    ];

    public static TheoryData<int, double, bool> Cases()
    {
        var cases = new TheoryData<int, double, bool>();
        for (var i = 0; i < Events.Length; i++)
        {
            foreach (var milliseconds in new[] { 0, 0.0004, 0.001, 0.081, 1, 12.3456, 999.9994, 1234567.891 })
            {
                cases.Add(i, milliseconds, i % 2 == 0);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_request_line_is_what_the_formatter_writes_for_the_logged_event(int index, double milliseconds, bool isColored)
    {
        var options = new SimpleConsoleFormatterOptions
        {
            TimestampFormat = Format,
            UseUtcTimestamp = true,
            ColorBehavior = isColored ? LoggerColorBehavior.Enabled : LoggerColorBehavior.Disabled,
        };
        using var formatter = new LineFormatter(new FixedOptions<SimpleConsoleFormatterOptions>(options), new FixedTime(Time));
        var logger = new FormattingLogger(formatter, "ModelApi.Requests");
        Events[index].LogTo(logger, milliseconds);

        var line = LineOf(new RequestLineWriter(options), index, milliseconds);

        Assert.StartsWith("2026-11-21T03:04:05.678Z ", line, StringComparison.Ordinal);
        Assert.Equal(logger.Text, line);
    }

    [Theory]
    [InlineData(null, "-")]
    [InlineData("-", "\"-\"")]
    [InlineData("", "\"\"")]
    [InlineData("Ana María <ana@example.com>", "Ana María <ana@example.com>")]
    [InlineData("x, model bank 1", "\"x, model bank 1\"")]
    [InlineData("\"x\"", "\"\\\"x\\\"\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("a\u001b[2Jb", "\"a\\u001b[2Jb\"")]
    [InlineData("a\u007fb\u0085c", "\"a\\u007fb\\u0085c\"")]
    [InlineData("a\u2028b\u2029c", "\"a\\u2028b\\u2029c\"")]
    [InlineData("a\u202eb\u2066c\u200fd", "\"a\\u202eb\\u2066c\\u200fd\"")]
    public void A_name_cannot_pass_for_another_field_or_break_its_line(string? user, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        var request = new RequestEvent("GET", "/", 200, 0, 0, user, null, null, null);

        new RequestLineWriter(new SimpleConsoleFormatterOptions { ColorBehavior = LoggerColorBehavior.Disabled })
            .Write(request, 1, Time, output);

        Assert.Equal(
            $"info: ModelApi.Requests[2] GET / 200 in 1.000 ms, user {expected}{Environment.NewLine}",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Without_a_timestamp_a_line_starts_with_its_level()
    {
        var options = new SimpleConsoleFormatterOptions { ColorBehavior = LoggerColorBehavior.Disabled };

        Assert.Equal(
            $"info: ModelApi.Requests[1] POST /predict 200 in 1.000 ms, user pedro1, model bank 1{Environment.NewLine}",
            LineOf(new RequestLineWriter(options), 0, 1));
    }

    [Fact]
    public void A_long_timestamp_is_written_whole()
    {
        var format = string.Concat(Enumerable.Repeat("yyyy-MM-ddTHH:mm:ss.fff ", 20));
        var options = new SimpleConsoleFormatterOptions { TimestampFormat = format, UseUtcTimestamp = true };

        var line = LineOf(new RequestLineWriter(options), 0, 1);

        Assert.StartsWith(string.Concat(Enumerable.Repeat("2026-11-21T03:04:05.678 ", 20)), line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_allocates_nothing()
    {
        var writer = new RequestLineWriter(new SimpleConsoleFormatterOptions { TimestampFormat = Format, UseUtcTimestamp = true });
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        writer.Write(Events[0], 0.081, Time, output);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 400; i++)
        {
            writer.Write(Events[0], 0.081, Time.AddMilliseconds(i), output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string LineOf(RequestLineWriter lines, int index, double milliseconds)
    {
        var output = new ArrayBufferWriter<byte>();
        lines.Write(Events[index], milliseconds, Time, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
