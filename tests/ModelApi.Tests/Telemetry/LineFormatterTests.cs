using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ModelApi.Telemetry;

namespace ModelApi.Tests.Telemetry;

public sealed class LineFormatterTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 3, 4, 5, 678, TimeSpan.Zero);

    public static TheoryData<LogLevel, LoggerColorBehavior> Levels()
    {
        var levels = new TheoryData<LogLevel, LoggerColorBehavior>();
        for (var level = LogLevel.Trace; level < LogLevel.None; level++)
        {
            levels.Add(level, LoggerColorBehavior.Disabled);
            levels.Add(level, LoggerColorBehavior.Enabled);
        }

        return levels;
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void People_see_the_words_and_colours_of_the_simple_format(LogLevel level, LoggerColorBehavior colors)
    {
        var exception = new InvalidOperationException("It failed.");
        using var services = new ServiceCollection()
            .AddLogging(console => console.AddSimpleConsole(simple => (simple.SingleLine, simple.ColorBehavior) = (true, colors)))
            .BuildServiceProvider();
        var formatter = services.GetServices<ConsoleFormatter>().Single(known => known.Name == "simple");
        var simple = new FormattingLogger(formatter, "Category");
        simple.Log(level, new EventId(7), "a message", exception, (message, _) => message);

        var line = Write(
            new SimpleConsoleFormatterOptions { ColorBehavior = colors },
            logger => logger.Log(level, new EventId(7), "a message", exception, (message, _) => message));

        Assert.Contains("Category[7] a message System.InvalidOperationException: It failed.", line, StringComparison.Ordinal);
        Assert.Equal(simple.Text, line);
    }

    [Fact]
    public void Every_event_is_one_line_without_control_characters()
    {
        var line = Write(
            new SimpleConsoleFormatterOptions { ColorBehavior = LoggerColorBehavior.Disabled },
            logger => logger.Log(LogLevel.Information, 0, "a\nb\r\nc\e[2Jd", null, (message, _) => message));

        Assert.Equal($"info: Category[0] a b  c [2Jd{Environment.NewLine}", line);
    }

    [Theory]
    [InlineData("\u0000")]
    [InlineData("\u007f")]
    [InlineData("\u009b")]
    [InlineData("\u2028")]
    [InlineData("\u2029")]
    [InlineData("\u202a")]
    [InlineData("\u202e")]
    [InlineData("\u2066")]
    [InlineData("\u2069")]
    [InlineData("\u200e")]
    [InlineData("\u200f")]
    [InlineData("\ufeff")]
    public void Characters_that_break_lines_or_change_the_direction_of_text_are_blanks(string character)
    {
        var text = $"a{character}é";
        var line = Write(
            new SimpleConsoleFormatterOptions { ColorBehavior = LoggerColorBehavior.Disabled },
            logger => logger.Log(LogLevel.Information, 0, text, null, (message, _) => message));

        Assert.Equal($"info: Category[0] a é{Environment.NewLine}", line);
    }

    [Theory]
    [InlineData(true, "info: Category[0] => outer => inner of b message")]
    [InlineData(false, "info: Category[0] message")]
    public void Scopes_are_written_only_when_included(bool areIncluded, string expected)
    {
        var scopes = new LoggerExternalScopeProvider();
        using var outer = scopes.Push("outer");
        using var inner = scopes.Push("inner\nof b");

        var line = Write(
            new SimpleConsoleFormatterOptions { IncludeScopes = areIncluded, ColorBehavior = LoggerColorBehavior.Disabled },
            logger => logger.Log(LogLevel.Information, 0, "message", null, (message, _) => message),
            scopes);

        Assert.Equal(expected + Environment.NewLine, line);
    }

    [Fact]
    public void A_timestamp_does_not_depend_on_the_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.DateTimeFormat.TimeSeparator = ".";
            CultureInfo.CurrentCulture = other;

            Assert.StartsWith("2026-11-21 03:04:05 info: ", Write(
                new SimpleConsoleFormatterOptions
                {
                    TimestampFormat = "yyyy-MM-dd HH:mm:ss ",
                    UseUtcTimestamp = true,
                    ColorBehavior = LoggerColorBehavior.Disabled,
                },
                logger => logger.Log(LogLevel.Information, 0, "message", null, (message, _) => message)), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static string Write(SimpleConsoleFormatterOptions options, Action<ILogger> log, IExternalScopeProvider? scopes = null)
    {
        using var formatter = new LineFormatter(new FixedOptions<SimpleConsoleFormatterOptions>(options), new FixedTime(Time));
        var logger = new FormattingLogger(formatter, "Category", scopes);
        log(logger);
        return logger.Text;
    }
}
