using System.Text.Json;
using System.Text.Unicode;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Bundles;

/// <summary>Faults of the JSON files in a bundle.</summary>
internal static class BundleJson
{
    /// <summary>Parses a text. The parser itself looks at the encoding of a string only when that is read.</summary>
    /// <exception cref="JsonException">It is malformed, holds a name twice in one object, or is not UTF-8.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) => Utf8.IsValid(json.Span)
        ? JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false })
        : throw new JsonException();

    /// <summary>The fault of a file that the parser refused.</summary>
    /// <param name="file">The file.</param>
    /// <param name="refusal">The parser's exception.</param>
    /// <param name="json">What it parsed.</param>
    /// <param name="place">Where in the file that is, or empty for the whole file.</param>
    public static BundleFault Malformed(string file, JsonException refusal, ReadOnlySpan<byte> json, string place = "")
    {
        const int DepthOfParser = 64;
        if (!Utf8.IsValid(json))
        {
            return new BundleFault(file, place, "Not valid UTF-8.");
        }

        if (json.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return new BundleFault(file, place, "Not valid JSON at line 1, position 1: The file is empty; it must hold a JSON object.");
        }

        if (JsonFault.Find(json, DepthOfParser) is null)
        {
            // Well-formed, so the parser refused what only a stricter reading forbids.
            return new BundleFault(file, place, "Not valid JSON: a name occurs twice in one object.");
        }

        var fault = JsonFault.Explain(refusal, json, DepthOfParser);
        return new BundleFault(file, place, $"Not valid JSON at line {fault.Line}, position {fault.Position}: {fault.Message}");
    }

    /// <summary>Whether a text in well-formed JSON holds half of a surrogate pair, which only an escape can write.</summary>
    public static bool HasHalfSurrogate(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true })
                {
                    reader.GetString();
                }
            }

            return false;
        }
        catch (InvalidOperationException exception) when (IsHalfSurrogate(exception))
        {
            return true;
        }
    }

    /// <summary>Whether the exception is the parser's for an escape such as <c>\ud800</c> alone.</summary>
    /// <remarks>The parser names itself as the source, in one of two ways.</remarks>
    public static bool IsHalfSurrogate(InvalidOperationException exception) =>
        exception.Source is "System.Text.Json" or "System.Text.Json.Rethrowable";

    public static BundleFault HalfSurrogate(string file, string place) =>
        new(file, place, "A text holds half of a surrogate pair (such as \\ud800 alone).");
}
