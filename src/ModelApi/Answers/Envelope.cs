using System.Buffers;
using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelApi.Errors;

namespace ModelApi.Answers;

/// <summary>Puts answers and problems into an envelope if the request or the configuration asks for it.</summary>
internal static class Envelope
{
    public const string Parameter = "envelope";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Use(WebApplication app)
    {
        var always = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.Envelope;
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use(next => context =>
            always || context.Request.QueryString.HasValue ? AnswerAsync(context, next, always, time) : next(context));
    }

    private static Task AnswerAsync(HttpContext context, RequestDelegate next, bool always, TimeProvider time)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<BareAnswer>() is not null)
        {
            return next(context);
        }

        var isWanted = always;
        if (context.Request.Query.TryGetValue(Parameter, out var values)
            && !bool.TryParse(values is [var value] ? value : null, out isWanted))
        {
            isWanted = always;
            next = Failures.InvalidParameter(Parameter, "true", "false").WriteAsync;
        }

        return isWanted ? WrapAsync(context, next, time) : next(context);
    }

    private static async Task WrapAsync(HttpContext context, RequestDelegate next, TimeProvider time)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var buffer = new MemoryStream();
        var buffered = new StreamResponseBodyFeature(buffer);
        context.Features.Set<IHttpResponseBodyFeature>(buffered);
        try
        {
            await next(context);
            await buffered.CompleteAsync();
        }
        finally
        {
            buffered.Dispose();
            context.Features.Set(body);
        }

        var answer = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (FormOf(context.Response) is { } form)
        {
            var wrapped = new ArrayBufferWriter<byte>(answer.Length + 512);
            Write(context, wrapped, answer.Span, form, time);
            context.Response.ContentType = MediaTypeNames.Application.Json;
            context.Response.ContentLength = wrapped.WrittenCount;
            await context.Response.BodyWriter.WriteAsync(wrapped.WrittenMemory, context.RequestAborted);
        }
        else if (!answer.IsEmpty)
        {
            await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
        }
    }

    private static Form? FormOf(HttpResponse response)
    {
        if (response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified
            || !MediaTypeHeaderValue.TryParse(response.ContentType, out var type))
        {
            return null;
        }

        return type.MatchesMediaType(MediaTypeNames.Application.ProblemJson) ? Form.Problem
            : type.MatchesMediaType(MediaTypeNames.Application.Json) ? Form.Json
            : type.MatchesMediaType(MediaTypeNames.Text.Plain) ? Form.Text
            : null;
    }

    private static void Write(HttpContext context, ArrayBufferWriter<byte> wrapped, ReadOnlySpan<byte> answer, Form form, TimeProvider time)
    {
        using var json = new Utf8JsonWriter(wrapped, WriterOptions);
        json.WriteStartObject();
        json.WriteString("message"u8, Message(context.Response.StatusCode, answer, form));
        json.WriteString("method"u8, context.Request.Method);
        json.WriteNumber("status-code"u8, context.Response.StatusCode);
        json.WriteString("timestamp"u8, time.GetUtcNow().UtcDateTime);
        json.WriteString("url"u8, context.Request.GetEncodedUrl());
        json.WritePropertyName("data"u8);
        if (form == Form.Text)
        {
            json.WriteStringValue(answer);
        }
        else
        {
            json.WriteRawValue(answer, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static string Message(int status, ReadOnlySpan<byte> answer, Form form)
    {
        if (status < StatusCodes.Status400BadRequest)
        {
            return "OK";
        }

        return form == Form.Problem && JsonSerializer.Deserialize<JsonElement>(answer).TryGetProperty("title"u8, out var title)
            ? title.GetString()!
            : ReasonPhrases.GetReasonPhrase(status);
    }

    private enum Form
    {
        Json,
        Problem,
        Text,
    }
}
