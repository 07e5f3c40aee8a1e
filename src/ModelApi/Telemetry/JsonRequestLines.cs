using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

/// <summary>The lines of the console's JSON formatter, where they are not indented.</summary>
internal sealed class JsonRequestLines : RequestLines, IDisposable
{
    private static readonly byte[] NewLine = Encoding.UTF8.GetBytes(Environment.NewLine);
    private static readonly string[] Templates = ["", Log.PredictedTemplate, Log.AnsweredTemplate, Log.RefusedTemplate];

    private readonly Utf8JsonWriter _json;
    private readonly TimestampText _timestamp;
    private readonly bool _hasTimestamp;
    private readonly JsonEncodedText[] _templates;
    private readonly JsonEncodedText _category;

    public JsonRequestLines(JsonConsoleFormatterOptions options)
    {
        _json = new Utf8JsonWriter(new ArrayBufferWriter<byte>(), options.JsonWriterOptions);
        _timestamp = new TimestampText(options.TimestampFormat, options.UseUtcTimestamp);
        _hasTimestamp = options.TimestampFormat is not null;
        _templates = [.. Templates.Select(template => JsonEncodedText.Encode(template, options.JsonWriterOptions.Encoder))];
        _category = JsonEncodedText.Encode(RequestLog.Category, options.JsonWriterOptions.Encoder);
    }

    public override void Write(in RequestEvent request, double milliseconds, DateTimeOffset time, IBufferWriter<byte> output)
    {
        var id = RequestMessage.IdOf(request);
        var rented = ArrayPool<byte>.Shared.Rent(RequestMessage.MostBytes(request));
        var message = rented.AsSpan(0, RequestMessage.Write(request, milliseconds, rented));
        _json.Reset(output);
        _json.WriteStartObject();
        if (_hasTimestamp)
        {
            _json.WriteString("Timestamp"u8, _timestamp.Of(time));
        }

        _json.WriteNumber("EventId"u8, id);
        _json.WriteString("LogLevel"u8, "Information"u8);
        _json.WriteString("Category"u8, _category);
        _json.WriteString("Message"u8, message);
        _json.WriteStartObject("State"u8);
        _json.WriteString("Message"u8, message);
        _json.WriteString("Method"u8, request.Method);
        _json.WriteString("Route"u8, request.Route);
        _json.WriteNumber("Status"u8, request.Status);
        _json.WriteNumber("Milliseconds"u8, milliseconds);
        _json.WriteString("User"u8, request.User);
        if (request.TraceId is not null)
        {
            _json.WriteString("TraceId"u8, request.TraceId);
        }
        else if (request.Model is not null)
        {
            _json.WriteString("Model"u8, request.Model);
            _json.WriteString("Version"u8, request.Version);
        }

        _json.WriteString("{OriginalFormat}"u8, _templates[id]);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        output.Write(NewLine);
        ArrayPool<byte>.Shared.Return(rented);
    }

    public void Dispose() => _json.Dispose();
}
