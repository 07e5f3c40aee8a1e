using System.Globalization;

namespace ModelApi.Inference.Files;

/// <summary>A growing text in UTF-8, in memory that is reused.</summary>
internal sealed class Utf8Buffer
{
    private const int LongestNumber = 32;

    private byte[] _bytes = new byte[64 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
    }

    /// <summary>Writes a number so that it reads back as the same 32-bit float.</summary>
    public void Write(float number)
    {
        number.TryFormat(Room(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    public void Clear() => Length = 0;

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        }

        return _bytes.AsSpan(Length);
    }
}
