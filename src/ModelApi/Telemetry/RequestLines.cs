using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

/// <summary>Turns events into the lines of the console; one thread's.</summary>
internal abstract class RequestLines
{
    /// <summary>Appends the line of one event, with its end, in UTF-8.</summary>
    /// <param name="request">The event.</param>
    /// <param name="milliseconds">How long it took.</param>
    /// <param name="time">When it ended.</param>
    /// <param name="output">Receives the line.</param>
    public abstract void Write(in RequestEvent request, double milliseconds, DateTimeOffset time, IBufferWriter<byte> output);
}

/// <summary>Has a formatter of the console's write the lines: in every format there is, and the reference for those that are quicker.</summary>
internal sealed class FormattedRequestLines(ConsoleFormatter formatter) : RequestLines, ILogger, IDisposable
{
    private readonly StringWriter _text = new();

    public override void Write(in RequestEvent request, double milliseconds, DateTimeOffset time, IBufferWriter<byte> output)
    {
        request.LogTo(this, milliseconds);
        var text = _text.GetStringBuilder();
        foreach (var chunk in text.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, output);
        }

        text.Clear();
    }

    public void Dispose() => _text.Dispose();

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> toText) =>
        formatter.Write(new LogEntry<TState>(logLevel, RequestLog.Category, eventId, state, exception, toText), scopeProvider: null, _text);

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
