using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

/// <summary>The lines of the console's simple formatter where it writes single lines without colours.</summary>
internal sealed class SimpleRequestLines(SimpleConsoleFormatterOptions options) : RequestLines
{
    private static readonly byte[] NewLine = Encoding.UTF8.GetBytes(Environment.NewLine);

    private readonly byte[][] _heads =
        [.. Enumerable.Range(0, RequestMessage.RefusedId + 1).Select(id => Encoding.UTF8.GetBytes($"info: {RequestLog.Category}[{id}] "))];

    private readonly TimestampText _timestamp = new(options.TimestampFormat, options.UseUtcTimestamp);

    public override void Write(in RequestEvent request, double milliseconds, DateTimeOffset time, IBufferWriter<byte> output)
    {
        output.Write(_timestamp.Of(time));
        output.Write(_heads[RequestMessage.IdOf(request)]);
        output.Advance(RequestMessage.Write(request, milliseconds, output.GetSpan(RequestMessage.MostBytes(request))));
        output.Write(NewLine);
    }
}

/// <summary>Formats times, and those of one millisecond only once.</summary>
internal sealed class TimestampText(string? format, bool isUtc)
{
    private readonly byte[] _text = new byte[256];
    private long _millisecond = -1;
    private int _length;

    public ReadOnlySpan<byte> Of(DateTimeOffset time)
    {
        var millisecond = time.UtcTicks / TimeSpan.TicksPerMillisecond;
        if (millisecond != _millisecond && format is not null)
        {
            var shown = new DateTimeOffset(millisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
            var text = (isUtc ? shown : shown.ToLocalTime()).ToString(format, CultureInfo.CurrentCulture);
            _length = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, _text.Length / 3)), _text);
            _millisecond = millisecond;
        }

        return _text.AsSpan(0, _length);
    }
}
