using System.Text;

namespace ModelApi.Telemetry;

/// <summary>Formats times as UTF-8, once for each millisecond.</summary>
internal sealed class TimestampText(string? format, bool isUtc)
{
    private byte[] _text = [];
    private long _millisecond = -1;

    public ReadOnlySpan<byte> Of(DateTimeOffset time)
    {
        var millisecond = time.UtcTicks / TimeSpan.TicksPerMillisecond;
        if (millisecond != _millisecond && format is not null)
        {
            _text = Encoding.UTF8.GetBytes(LineFormatter.Timestamp(time, format, isUtc));
            _millisecond = millisecond;
        }

        return _text;
    }
}
