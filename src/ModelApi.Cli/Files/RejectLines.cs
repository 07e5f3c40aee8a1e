using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;

namespace ModelApi.Cli.Files;

/// <summary>Rows that were not scored, as lines of JSON: where they stand, why, and their text.</summary>
/// <remarks><c>{"line":3,"errors":{"age":["Must be an integer, not text."]},"row":"x;management;…"}</c>; what concerns the row as a whole has the key "".</remarks>
internal sealed class RejectLines
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _lines = new();

    /// <summary>The lines.</summary>
    public ReadOnlySpan<byte> Utf8 => _lines.WrittenSpan;

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

            // Not from the bytes: what is no UTF-8 becomes U+FFFD.
            json.WriteString("row", Encoding.UTF8.GetString(text));
            json.WriteEndObject();
        }

        _lines.Write("\n"u8);
    }

    /// <summary>The same in one line for people, without the row's text.</summary>
    public static string Show(long line, Findings findings) =>
        $"line {line}: {string.Join(" ", findings.Errors.Take(5).Select(error => error.Feature is null ? error.Message : $"{error.Feature}: {error.Message}"))}";

    public void Clear() => _lines.ResetWrittenCount();
}
