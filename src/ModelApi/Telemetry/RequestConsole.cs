using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ModelApi.Telemetry;

/// <summary>Writes the request log to the console, on a thread of its own: the requests only leave their events.</summary>
/// <remarks>
/// The console's own logger costs a request more than scoring it does. Here the lines of some milliseconds go out together, a
/// request waits for nothing, and what the console cannot take is dropped and counted.
/// </remarks>
internal sealed class RequestConsole : IHostedService, IDisposable
{
    private const int Capacity = 16 * 1024;
    private const int WriteAt = 32 * 1024;

    // So short that what is written at a time never keeps a request from its core for long: that would be seen in the 99th percentile.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(4);

    private readonly RequestEvents _events = new(Capacity);
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * WriteAt);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RequestLines? _lines;
    private readonly TextWriter _console;
    private readonly Func<Stream> _open;
    private Thread? _thread;
    private volatile bool _isStopping;
    private long _reported;
    private long _reportedAt;

    public RequestConsole(
        IEnumerable<ILoggerProvider> providers, IEnumerable<ConsoleFormatter> formatters, IOptions<ConsoleLoggerOptions> console,
        IOptions<SimpleConsoleFormatterOptions> simple, IOptions<JsonConsoleFormatterOptions> json, TimeProvider time, ILogger<RequestConsole> logger, IMeterFactory meters)
    {
        _time = time;
        _logger = logger;
        if (providers.OfType<ConsoleLoggerProvider>().Any())
        {
            _lines = LinesOf(console.Value.FormatterName ?? ConsoleFormatterNames.Simple, formatters, simple.Value, json.Value);
        }

        (_console, _open) = console.Value.LogToStandardErrorThreshold <= LogLevel.Information
            ? (Console.Error, Console.OpenStandardError)
            : (Console.Out, (Func<Stream>)Console.OpenStandardOutput);
        meters.Create(RequestLog.Category).CreateObservableCounter(
            "modelapi.request_log.dropped", () => _events.Dropped, "{line}", "Lines of the request log that the console could not take.");
    }

    /// <summary>Whether there is a console to write to.</summary>
    public bool IsThere => _lines is not null;

    public void Add(in RequestEvent request) => _events.Add(request);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsThere)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "Request log" };
            _thread.Start();
        }

        return Task.CompletedTask;
    }

    // The server has stopped by now, so that these are the last lines.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Stop();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Stop();
        (_lines as IDisposable)?.Dispose();
    }

    private static RequestLines LinesOf(string name, IEnumerable<ConsoleFormatter> formatters, SimpleConsoleFormatterOptions simple, JsonConsoleFormatterOptions json)
    {
        if (name == ConsoleFormatterNames.Json && !json.JsonWriterOptions.Indented)
        {
            return new JsonRequestLines(json);
        }

        // The simple formatter's rule for colours, which are for people: their terminals are never too slow for it.
        if (name == ConsoleFormatterNames.Simple && simple.SingleLine
            && (simple.ColorBehavior == LoggerColorBehavior.Disabled || (simple.ColorBehavior == LoggerColorBehavior.Default && Console.IsOutputRedirected && !AreColorsForced())))
        {
            return new SimpleRequestLines(simple);
        }

        var formatter = formatters.FirstOrDefault(formatter => string.Equals(formatter.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? formatters.First(formatter => formatter.Name == ConsoleFormatterNames.Simple);
        return new FormattedRequestLines(formatter);
    }

    private static bool AreColorsForced() =>
        Environment.GetEnvironmentVariable("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION") is { } value
        && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private void Stop()
    {
        _isStopping = true;
        _events.Wake();
        _thread?.Join();
        _thread = null;
    }

    private void Run()
    {
        using var output = _open();
        while (!_isStopping)
        {
            _events.Wait(Timeout.InfiniteTimeSpan);
            if (!_isStopping)
            {
                _events.Wait(Gathering);
            }

            Write(_events.Take(), output);
            ReportDropped();
        }

        Write(_events.Take(), output);
    }

    private void Write(ReadOnlySpan<RequestEvent> requests, Stream output)
    {
        var now = _time.GetUtcNow();
        var timestamp = _time.GetTimestamp();
        var unwritten = 0;
        foreach (ref readonly var request in requests)
        {
            _lines!.Write(request, _time.GetElapsedTime(0, request.Elapsed).TotalMilliseconds, now - _time.GetElapsedTime(request.Ended, timestamp), _buffer);
            unwritten++;
            if (_buffer.WrittenCount >= WriteAt)
            {
                Flush(output, unwritten);
                unwritten = 0;
            }
        }

        Flush(output, unwritten);
    }

    private void Flush(Stream output, int lines)
    {
        try
        {
            // What else is written to the console takes the same lock, so that lines stay whole.
            lock (_console)
            {
                output.Write(_buffer.WrittenSpan);
            }
        }
        catch (IOException)
        {
            // Nobody reads the console any more, or its disk is full: that must not end the server.
            _events.Drop(lines);
        }

        _buffer.ResetWrittenCount();
    }

    private void ReportDropped()
    {
        var dropped = _events.Dropped;
        if (dropped > _reported && (_reportedAt == 0 || _time.GetElapsedTime(_reportedAt) >= TimeSpan.FromSeconds(1)))
        {
            _logger.LinesDropped(dropped - _reported);
            _reported = dropped;
            _reportedAt = _time.GetTimestamp();
        }
    }
}
