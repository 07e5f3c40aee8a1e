using System.Buffers;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

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
    public Problem Prepare()
    {
        using var document = new MemoryStream();
        using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, Type);
            json.WriteString("title"u8, Title);
            json.WriteNumber("status"u8, Status);
            json.WriteString("detail"u8, Detail);
            foreach (var (name, value) in Extensions)
            {
                json.WritePropertyName(name);
                JsonSerializer.Serialize(json, value);
            }

            json.WriteString("traceId"u8, "");
            json.WriteEndObject();
        }

        return this with { Prepared = document.ToArray()[..^EndOfTraceId.Length] };
    }

    /// <summary>Writes the answer; a response that has already begun is left as it is.</summary>
    public Task WriteAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Prepared is not null)
        {
            return WritePreparedAsync(context, Prepared);
        }

        var details = new ProblemDetails { Status = Status, Type = Type, Title = Title, Detail = Detail };
        foreach (var (name, value) in Extensions)
        {
            details.Extensions[name] = value;
        }

        details.Extensions["traceId"] = TraceId.Of(context);
        return TypedResults.Problem(details).ExecuteAsync(context);
    }

    private async Task WritePreparedAsync(HttpContext context, byte[] prepared)
    {
        var traceId = JsonEncodedText.Encode(TraceId.Of(context)).EncodedUtf8Bytes;
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = MediaTypeNames.Application.ProblemJson;
        response.ContentLength = prepared.Length + traceId.Length + EndOfTraceId.Length;
        response.BodyWriter.Write(prepared);
        response.BodyWriter.Write(traceId);
        response.BodyWriter.Write(EndOfTraceId);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);
}
