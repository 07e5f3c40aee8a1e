using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ModelApi.Telemetry;

/// <summary>The console's default format: one line for each event, <c>2026-11-24T20:31:52.123Z info: Category[1] message</c>.</summary>
/// <remarks>
/// A format of our own, so that <see cref="RequestLineWriter"/> can write the request log in it without formatting through the
/// logger. Reads the options of the simple formatter, which ASP.NET Core binds anyway; SingleLine has no effect.
/// </remarks>
internal sealed class LineFormatter : ConsoleFormatter, IDisposable
{
    public const string FormatterName = "line";

    private readonly TimeProvider _time;
    private readonly IDisposable? _changes;
    private volatile SimpleConsoleFormatterOptions _options;

    public LineFormatter(IOptionsMonitor<SimpleConsoleFormatterOptions> options, TimeProvider time)
        : base(FormatterName)
    {
        _time = time;
        _options = options.CurrentValue;
        _changes = options.OnChange(changed => _options = changed);
    }

    public void Dispose() => _changes?.Dispose();

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var options = _options;
        if (options.TimestampFormat is { } format)
        {
            var time = options.UseUtcTimestamp ? _time.GetUtcNow() : _time.GetLocalNow();
            textWriter.Write(time.ToString(format, CultureInfo.InvariantCulture));
        }

        textWriter.Write(Head(logEntry.LogLevel, logEntry.Category, logEntry.EventId.Id, AreColorsOn(options)));
        if (options.IncludeScopes)
        {
            scopeProvider?.ForEachScope(
                static (scope, writer) =>
                {
                    writer.Write(" =>");
                    WriteOnOneLine(writer, scope?.ToString());
                },
                textWriter);
        }

        WriteOnOneLine(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        WriteOnOneLine(textWriter, logEntry.Exception?.ToString());
        textWriter.Write(Environment.NewLine);
    }

    /// <summary>The part of a line between the timestamp and the message.</summary>
    public static string Head(LogLevel level, string category, int id, bool isColored)
    {
        // The simple formatter's words and colours.
        var (word, background, foreground) = level switch
        {
            LogLevel.Trace => ("trce", "\e[40m", "\e[37m"),
            LogLevel.Debug => ("dbug", "\e[40m", "\e[37m"),
            LogLevel.Information => ("info", "\e[40m", "\e[32m"),
            LogLevel.Warning => ("warn", "\e[40m", "\e[1m\e[33m"),
            LogLevel.Error => ("fail", "\e[41m", "\e[30m"),
            _ => ("crit", "\e[41m", "\e[1m\e[37m"),
        };
        var shown = isColored ? $"{background}{foreground}{word}\e[39m\e[22m\e[49m" : word;
        return string.Create(CultureInfo.InvariantCulture, $"{shown}: {category}[{id}]");
    }

    /// <summary>
    /// Whether levels are coloured: by the options, or else on a terminal without NO_COLOR, as the simple formatter does.
    /// </summary>
    public static bool AreColorsOn(SimpleConsoleFormatterOptions options) => options.ColorBehavior switch
    {
        LoggerColorBehavior.Enabled => true,
        LoggerColorBehavior.Disabled => false,
        _ => Console.IsOutputRedirected
            ? Environment.GetEnvironmentVariable("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION") is "1" or "true" or "True" or "TRUE"
            : Environment.GetEnvironmentVariable("NO_COLOR") is null,
    };

    // A scope holds the request's path, which is the sender's text: it must not start lines or move a terminal's cursor.
    private static void WriteOnOneLine(TextWriter writer, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.Write(' ');
            writer.Write(LogText.OnOneLine(text));
        }
    }
}
