using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

/// <summary>Writes request events as lines of <see cref="LineFormatter"/>, in UTF-8 and without allocation; not thread-safe.</summary>
internal sealed class RequestLineWriter(SimpleConsoleFormatterOptions options)
{
    private static readonly byte[] NewLine = Encoding.UTF8.GetBytes(Environment.NewLine);

    private readonly byte[][] _heads = [.. Enumerable.Range(0, RequestMessage.RefusedId + 1).Select(id => Encoding.UTF8.GetBytes(
        LineFormatter.Head(LogLevel.Information, RequestLog.Category, id, LineFormatter.AreColorsOn(options)) + " "))];

    private readonly TimestampText _timestamp = new(options.TimestampFormat, options.UseUtcTimestamp);

    /// <summary>Appends the line of one event and its line break.</summary>
    /// <param name="request">The event.</param>
    /// <param name="milliseconds">The request's duration.</param>
    /// <param name="time">The request's end.</param>
    /// <param name="output">Receives the line.</param>
    public void Write(in RequestEvent request, double milliseconds, DateTimeOffset time, IBufferWriter<byte> output)
    {
        output.Write(_timestamp.Of(time));
        output.Write(_heads[RequestMessage.IdOf(request)]);
        output.Advance(RequestMessage.Write(request, milliseconds, output.GetSpan(RequestMessage.MaxBytes(request))));
        output.Write(NewLine);
    }
}
