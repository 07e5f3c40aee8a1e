using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Files;

/// <summary>Rejected rows as lines of JSON: line number, errors by feature, and text.</summary>
/// <remarks>
/// <c>{"line":3,"errors":{"age":["Must be an integer, not text."]},"row":"x;management;…"}</c>. Errors of the whole row have the key "".
/// </remarks>
internal sealed class RejectLines
{
    private const int MostErrorsShown = 5;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _lines = new();

    /// <summary>The lines, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Written => _lines.WrittenMemory;

    public int Length => _lines.WrittenCount;

    public void Add(long line, Findings findings, ReadOnlySpan<byte> text)
    {
        using (var json = new Utf8JsonWriter(_lines, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("line", line);
            json.WriteStartObject("errors");
            foreach (var feature in findings.Errors.GroupBy(error => error.Feature ?? "", StringComparer.Ordinal))
            {
                json.WriteStartArray(feature.Key);
                foreach (var error in feature)
                {
                    json.WriteStringValue(error.Message);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();

            // Decoded first, so that bytes that are not UTF-8 become U+FFFD.
            json.WriteString("row", Encoding.UTF8.GetString(text));
            json.WriteEndObject();
        }

        _lines.Write("\n"u8);
    }

    /// <summary>A line for people, without the row's text.</summary>
    public static string Show(long line, Findings findings) =>
        $"line {line}: {string.Join(" ", findings.Errors.Take(MostErrorsShown).Select(Show))}";

    public void Clear() => _lines.ResetWrittenCount();

    private static string Show(Finding error) => error.Feature is null ? error.Message : $"{error.Feature}: {error.Message}";
}
