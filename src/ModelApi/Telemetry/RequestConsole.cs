using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ModelApi.Telemetry;

/// <summary>Writes the request log to the console on its own thread, in the format of <see cref="LineFormatter"/>.</summary>
/// <remarks>
/// The console's logger costs a request more than scoring does. Here a request only stores its event; the lines of some milliseconds
/// are written together, and lines that the console cannot take are dropped and counted.
/// </remarks>
internal sealed class RequestConsole : IHostedService, IDisposable
{
    private const int Capacity = 16 * 1024;
    private const int WriteAt = 32 * 1024;

    // Short, so that one write never takes a core from requests for long: that would show in the 99th percentile.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(4);

    private readonly RequestEvents _events = new(Capacity);
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * WriteAt);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TextWriter _console = Console.Out;
    private readonly IOptionsMonitor<ConsoleLoggerOptions> _options;
    private readonly IOptionsMonitor<SimpleConsoleFormatterOptions> _format;
    private readonly string[] _formatters;
    private readonly IDisposable?[] _changes;
    private Thread? _thread;
    private volatile RequestLineWriter _lines;
    private volatile bool _isInUse;
    private volatile bool _isStopping;
    private long _reported;
    private long _reportedAt;

    public RequestConsole(
        IEnumerable<ConsoleFormatter> formatters, IOptionsMonitor<ConsoleLoggerOptions> console,
        IOptionsMonitor<SimpleConsoleFormatterOptions> format, TimeProvider time, ILogger<RequestConsole> logger, IMeterFactory meters)
    {
        (_time, _logger, _options, _format) = (time, logger, console, format);
        _formatters = [.. formatters.Select(formatter => formatter.Name)];
        _lines = new RequestLineWriter(format.CurrentValue);
        _isInUse = CanWrite(console.CurrentValue, format.CurrentValue);
        _changes = [console.OnChange((_, _) => ReadOptions()), format.OnChange((_, _) => ReadOptions())];
        meters.Create(RequestLog.Category).CreateObservableCounter(
            "modelapi.request_log.dropped", () => _events.Dropped, "{line}", "Lines of the request log that the console could not take.");
    }

    /// <summary>Takes an event, unless the console's format is one that only its logger can write.</summary>
    public bool TryAdd(in RequestEvent request)
    {
        if (!_isInUse)
        {
            return false;
        }

        _events.Add(request);
        return true;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var name = _options.CurrentValue.FormatterName!;
        if (!_formatters.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _logger.UnknownFormatter(name, string.Join(", ", _formatters.Order(StringComparer.Ordinal)));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "Request log" };
        _thread.Start();
        return Task.CompletedTask;
    }

    // The server has stopped by now: these are the last lines.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Stop();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Stop();
        foreach (var change in _changes)
        {
            change?.Dispose();
        }
    }

    // Some terminals of Windows take colours only from the console's logger, which translates them.
    private static bool CanWrite(ConsoleLoggerOptions console, SimpleConsoleFormatterOptions format) =>
        string.Equals(console.FormatterName, LineFormatter.FormatterName, StringComparison.OrdinalIgnoreCase)
        && console.LogToStandardErrorThreshold > LogLevel.Information
        && !format.IncludeScopes
        && !(OperatingSystem.IsWindows() && LineFormatter.AreColorsOn(format));

    private void ReadOptions()
    {
        var format = _format.CurrentValue;
        _lines = new RequestLineWriter(format);
        _isInUse = CanWrite(_options.CurrentValue, format);
    }

    private void Stop()
    {
        _isStopping = true;
        _events.Wake();
        _thread?.Join();
        _thread = null;
    }

    private void Run()
    {
        using var output = Console.OpenStandardOutput();
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
        var lines = _lines;
        var now = _time.GetUtcNow();
        var timestamp = _time.GetTimestamp();
        var unwritten = 0;
        foreach (ref readonly var request in requests)
        {
            var milliseconds = _time.GetElapsedTime(0, request.Elapsed).TotalMilliseconds;
            lines.Write(request, milliseconds, now - _time.GetElapsedTime(request.Ended, timestamp), _buffer);
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
            // The console's logger takes the same lock, so that lines stay whole.
            lock (_console)
            {
                output.Write(_buffer.WrittenSpan);
            }
        }
        catch (IOException)
        {
            // The console's reader is gone or its disk is full: that must not end the server.
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
