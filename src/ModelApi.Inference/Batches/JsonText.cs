using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ModelApi.Inference.Batches;

/// <summary>Names and strings in JSON as text.</summary>
internal static class JsonText
{
    /// <summary>The longest text, in UTF-16 code units, that callers keep on their stack.</summary>
    public const int MostStackChars = 256;

    public static bool NameEquals(ref Utf8JsonReader reader, byte[] name) =>
        reader.ValueIsEscaped
            ? reader.ValueSpan.Length <= name.Length * 6 && TryGet(ref reader) is { } text && text == Encoding.UTF8.GetString(name)
            : reader.ValueSpan.SequenceEqual(name);

    /// <summary>Unescapes the text.</summary>
    /// <returns>False for an escape such as <c>\ud800</c> alone: well-formed JSON, but no text, so that the reader throws.</returns>
    public static bool TryCopy(ref Utf8JsonReader reader, scoped Span<char> destination, out int length)
    {
        try
        {
            length = reader.CopyString(destination);
            return true;
        }
        catch (InvalidOperationException) when (reader.ValueIsEscaped)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A client's text for an answer, cut off where it is long.</summary>
    public static string Shorten(ref Utf8JsonReader reader)
    {
        const int Longest = 100;
        var text = TryGet(ref reader) ?? Encoding.UTF8.GetString(reader.ValueSpan);
        return text.Length <= Longest ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)}…";
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

        var at = 0;
        while (Rune.DecodeFromUtf8(json[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        throw new MalformedJsonException(
            "The body is not valid UTF-8.", 1 + json[..at].Count((byte)'\n'), at - json[..at].LastIndexOf((byte)'\n'));
    }

    private static string? TryGet(ref Utf8JsonReader reader)
    {
        var buffer = new char[reader.ValueSpan.Length];
        return TryCopy(ref reader, buffer, out var length) ? new string(buffer, 0, length) : null;
    }
}
