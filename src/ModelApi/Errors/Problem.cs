using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ModelApi.Errors;

/// <summary>One problem details answer (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">One of <see cref="ProblemTypes"/>.</param>
/// <param name="Title">The kind of problem, the same for every occurrence.</param>
/// <param name="Detail">What is wrong with this request and how to correct it.</param>
internal sealed record Problem(int Status, string Type, string Title, string Detail) : IResult
{
    private static ReadOnlySpan<byte> EndOfTraceId => "\"}"u8;

    /// <summary>Further members of the document.</summary>
    public IReadOnlyDictionary<string, object?> Extensions { get; init; } = new Dictionary<string, object?>();

    /// <summary>Seconds after which the same request may succeed.</summary>
    public int? RetryAfterSeconds { get; init; }

    // The document up to its traceId, where it was made once; null where it is made each time.
    private byte[]? Prepared { get; init; }

    /// <summary>A failure as problem details.</summary>
    public static Problem Of(PredictionFailure failure)
    {
        var (status, type, title) = ProblemTypes.Of(failure.Kind);
        return new Problem(failure.HttpStatus ?? status, type, title, failure.Detail)
        {
            Extensions = failure.Facts,
            RetryAfterSeconds = failure.RetryAfterSeconds,
        };
    }

    /// <summary>The same problem, cheap to answer often: all of its document but the traceId is made now.</summary>
    public Problem Prepare() => this with { Prepared = Write() };

    /// <summary>Writes the answer, unless a response has already begun or the client has gone.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var document = Prepared ?? Write();
        var traceId = JsonEncodedText.Encode(TraceId.Of(context)).EncodedUtf8Bytes;
        response.StatusCode = Status;
        response.ContentType = MediaTypeNames.Application.ProblemJson;
        response.ContentLength = document.Length + traceId.Length + EndOfTraceId.Length;
        response.BodyWriter.Write(document);
        response.BodyWriter.Write(traceId);
        response.BodyWriter.Write(EndOfTraceId);

        // Without the token of a client that goes now: nobody waits for the answer, and an exception here would be logged as a fault.
        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    /// <returns>The document up to its traceId.</returns>
    private byte[] Write()
    {
        var document = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(document, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, Type);
            json.WriteString("title"u8, Title);
            json.WriteNumber("status"u8, Status);
            json.WriteString("detail"u8, Detail);
            foreach (var (name, value) in Extensions)
            {
                json.WritePropertyName(name);
                Write(json, value);
            }

            json.WriteString("traceId"u8, "");
            json.WriteEndObject();
        }

        return document.WrittenSpan[..^EndOfTraceId.Length].ToArray();
    }

    // Not the serializer: it looks types up by reflection, and clients ask from the first moment of a start.
    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case int number:
                json.WriteNumberValue(number);
                break;

            case long number:
                json.WriteNumberValue(number);
                break;

            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (var text in texts)
                {
                    json.WriteStringValue(text);
                }

                json.WriteEndArray();
                break;

            case IReadOnlyDictionary<string, string[]> lists:
                json.WriteStartObject();
                foreach (var (name, texts) in lists)
                {
                    json.WritePropertyName(name);
                    Write(json, texts);
                }

                json.WriteEndObject();
                break;

            default:
                throw new NotSupportedException($"A problem has no members of type {value?.GetType()}.");
        }
    }

    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);
}
