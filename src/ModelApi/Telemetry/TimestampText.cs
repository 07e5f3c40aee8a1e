using System.Globalization;

namespace ModelApi.Telemetry;

/// <summary>Formats times as UTF-8, once for each millisecond and without allocation.</summary>
/// <remarks>Writes the same text in every culture, because programs read it too.</remarks>
internal sealed class TimestampText(string? format, bool isUtc)
{
    private byte[] _text = new byte[64];
    private long _millisecond = -1;
    private int _length;

    public ReadOnlySpan<byte> Of(DateTimeOffset time)
    {
        var millisecond = time.UtcTicks / TimeSpan.TicksPerMillisecond;
        if (millisecond != _millisecond && format is not null)
        {
            var shown = isUtc ? time.ToUniversalTime() : time.ToLocalTime();
            while (!shown.TryFormat(_text, out _length, format, CultureInfo.InvariantCulture))
            {
                _text = new byte[2 * _text.Length];
            }

            _millisecond = millisecond;
        }

        return _text.AsSpan(0, _length);
    }
}
