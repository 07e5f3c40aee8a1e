using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ModelApi.Inference.Batches;

/// <summary>Names and strings in JSON as text, and values that are passed over.</summary>
internal static class JsonText
{
    /// <summary>The longest text, in UTF-16 code units, that callers keep on their stack.</summary>
    public const int MostStackChars = 256;

    private const int LongestShown = 100;

    // A few microseconds of work.
    private const int TokensBetweenLooks = 2048;

    public static bool NameEquals(ref Utf8JsonReader reader, string name)
    {
        // The longest escape of a UTF-16 code unit has six bytes.
        if (reader.ValueSpan.Length > name.Length * 6)
        {
            return false;
        }

        Span<char> text = name.Length <= MostStackChars ? stackalloc char[MostStackChars] : new char[name.Length];
        return Copy(ref reader, text, out var length) == OperationStatus.Done && name.AsSpan().SequenceEqual(text[..length]);
    }

    /// <summary>Copies the text of a name or string, unescaped. Never throws.</summary>
    /// <param name="reader">At the name or string, in valid UTF-8.</param>
    /// <param name="destination">Receives the text, or as much of it as fits.</param>
    /// <param name="length">The number of UTF-16 code units copied.</param>
    /// <returns>
    /// <see cref="OperationStatus.InvalidData"/> for an escape such as <c>\ud800</c> alone, which is well-formed JSON but no text;
    /// <see cref="OperationStatus.DestinationTooSmall"/> for a longer text.
    /// </returns>
    public static OperationStatus Copy(ref Utf8JsonReader reader, scoped Span<char> destination, out int length) =>
        reader.ValueIsEscaped
            ? Unescape(reader.ValueSpan, destination, out length)
            : Utf8.ToUtf16(reader.ValueSpan, destination, out _, out length, replaceInvalidSequences: false);

    /// <summary>A client's text for an answer, cut off where it is long.</summary>
    public static string Shorten(ref Utf8JsonReader reader)
    {
        // One more than is shown, and room for a surrogate pair.
        Span<char> text = stackalloc char[LongestShown + 2];
        if (Copy(ref reader, text, out var length) == OperationStatus.InvalidData)
        {
            // No text, so it is shown as it was sent.
            Utf8.ToUtf16(reader.ValueSpan, text, out _, out length, replaceInvalidSequences: false);
        }

        return length <= LongestShown
            ? text[..length].ToString()
            : $"{text[..(char.IsHighSurrogate(text[LongestShown - 1]) ? LongestShown - 1 : LongestShown)]}…";
    }

    /// <summary>Passes over a value, or over a name and its value.</summary>
    /// <param name="reader">At the value; afterwards at its end.</param>
    /// <param name="cancellationToken">Looked at every few thousand tokens.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Skip(ref Utf8JsonReader reader, CancellationToken cancellationToken)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
        }

        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        var depth = reader.CurrentDepth;
        for (var tokens = 1; reader.Read() && reader.CurrentDepth > depth; tokens++)
        {
            if (tokens % TokensBetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The kind of a value, with its article.</summary>
    public static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        _ => "null",
    };

    /// <exception cref="MalformedJsonException">The text is not UTF-8.</exception>
    public static void ThrowIfNotUtf8(ReadOnlySpan<byte> json)
    {
        if (Utf8.IsValid(json))
        {
            return;
        }

        Span<char> text = stackalloc char[MostStackChars];
        var at = 0;
        OperationStatus status;
        do
        {
            status = Utf8.ToUtf16(json[at..], text, out var length, out _, replaceInvalidSequences: false);
            at += length;
        }
        while (status == OperationStatus.DestinationTooSmall);

        throw new MalformedJsonException(
            "The body is not valid UTF-8.", 1 + json[..at].Count((byte)'\n'), at - json[..at].LastIndexOf((byte)'\n'));
    }

    // By hand, because the reader's own way throws on half of a surrogate pair: 20 µs for six bytes.
    private static OperationStatus Unescape(ReadOnlySpan<byte> escaped, Span<char> destination, out int length)
    {
        length = 0;
        while (!escaped.IsEmpty)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain != 0)
            {
                var status = Utf8.ToUtf16(
                    plain < 0 ? escaped : escaped[..plain], destination[length..], out _, out var copied, replaceInvalidSequences: false);
                length += copied;
                if (plain < 0 || status != OperationStatus.Done)
                {
                    return status;
                }

                escaped = escaped[plain..];
            }

            if (!TryReadEscape(ref escaped, out var rune))
            {
                return OperationStatus.InvalidData;
            }

            if (!rune.TryEncodeToUtf16(destination[length..], out var encoded))
            {
                return OperationStatus.DestinationTooSmall;
            }

            length += encoded;
        }

        return OperationStatus.Done;
    }

    // The reader has checked the syntax: each backslash begins an escape, and each 'u' has its four digits.
    private static bool TryReadEscape(ref ReadOnlySpan<byte> escaped, out Rune rune)
    {
        if (escaped[1] == 'u')
        {
            var first = ReadHex(escaped);
            escaped = escaped[6..];
            if (!char.IsHighSurrogate(first))
            {
                return Rune.TryCreate(first, out rune);
            }

            rune = default;
            if (!escaped.StartsWith("\\u"u8) || !Rune.TryCreate(first, ReadHex(escaped), out rune))
            {
                return false;
            }

            escaped = escaped[6..];
            return true;
        }

        rune = new Rune((char)(escaped[1] switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            var itself => itself,
        }));
        escaped = escaped[2..];
        return true;
    }

    private static char ReadHex(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
