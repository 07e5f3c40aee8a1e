using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Files;

/// <summary>A growing text in UTF-8, in memory that is reused.</summary>
internal sealed class Utf8Buffer : IBufferWriter<byte>
{
    private const int LongestNumber = 32;

    // Members are written without the object that they belong to.
    private static readonly JsonWriterOptions Members = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private byte[] _bytes = new byte[64 * 1024];
    private Utf8JsonWriter? _json;

    public int Length { get; private set; }

    /// <summary>Writes members of a JSON object at the end of the text; ended by <see cref="EndJson"/>.</summary>
    public Utf8JsonWriter Json => _json ??= new Utf8JsonWriter(this, Members);

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

    /// <summary>Writes one number of an answer so that it reads back as the same float.</summary>
    public void Write(PredictionBatch predictions, int row, int column)
    {
        if (predictions.Signature.Answer.AreDoubles)
        {
            predictions.Number(row, column).TryFormat(Room(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
            Length += written;
        }
        else
        {
            Write((float)predictions.Number(row, column));
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(Math.Max(sizeHint, LongestNumber));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => Room(Math.Max(sizeHint, LongestNumber));

    public void Advance(int count) => Length += count;

    /// <summary>Makes what <see cref="Json"/> wrote a part of the text, and it ready for the members of another object.</summary>
    public void EndJson()
    {
        Json.Flush();
        Json.Reset();
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
