using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Console;

namespace ModelApi.Telemetry;

/// <summary>The lines of the console's JSON formatter, where they are not indented.</summary>
/// <remarks>Put together from what never changes and what does: a JSON writer would check each name of each line.</remarks>
internal sealed class JsonRequestLines : RequestLines
{
    private readonly JavaScriptEncoder _encoder;
    private readonly TimestampText _timestamp;
    private readonly byte[] _head;
    private readonly byte[][] _afterTimestamp;
    private readonly byte[][] _tails;
    private byte[] _message = new byte[512];

    public JsonRequestLines(JsonConsoleFormatterOptions options)
    {
        _encoder = options.JsonWriterOptions.Encoder ?? JavaScriptEncoder.Default;
        _timestamp = new TimestampText(options.TimestampFormat, options.UseUtcTimestamp);
        _head = Encoding.UTF8.GetBytes(options.TimestampFormat is null ? "{" : "{\"Timestamp\":\"");
        var separator = options.TimestampFormat is null ? "" : "\",";
        string[] templates = ["", Log.PredictedTemplate, Log.AnsweredTemplate, Log.RefusedTemplate];
        _afterTimestamp = [.. templates.Select((_, id) => Encoding.UTF8.GetBytes(
            $"{separator}\"EventId\":{id},\"LogLevel\":\"Information\",\"Category\":\"{RequestLog.Category}\",\"Message\":\""))];
        _tails = [.. templates.Select(template => Encoding.UTF8.GetBytes(
            $"\",\"{{OriginalFormat}}\":\"{JsonEncodedText.Encode(template, _encoder)}\"}}}}{Environment.NewLine}"))];
    }

    public override void Write(in RequestEvent request, double milliseconds, DateTimeOffset time, IBufferWriter<byte> output)
    {
        var id = RequestMessage.IdOf(request);
        var most = RequestMessage.MostBytes(request);
        if (_message.Length < most)
        {
            _message = new byte[most];
        }

        var message = _message.AsSpan(0, RequestMessage.Write(request, milliseconds, _message));
        output.Write(_head);
        Escape(_timestamp.Of(time), output);
        output.Write(_afterTimestamp[id]);
        Escape(message, output);
        output.Write("\",\"State\":{\"Method\":\""u8);
        Escape(request.Method, output);
        output.Write("\",\"Route\":\""u8);
        Escape(request.Route, output);
        output.Write("\",\"Status\":"u8);
        Utf8Formatter.TryFormat(request.Status, output.GetSpan(16), out var length);
        output.Advance(length);
        output.Write(",\"Milliseconds\":"u8);
        Utf8Formatter.TryFormat(milliseconds, output.GetSpan(32), out length);
        output.Advance(length);
        output.Write(",\"User\":\""u8);
        Escape(request.User, output);
        if (request.TraceId is not null)
        {
            output.Write("\",\"TraceId\":\""u8);
            Escape(request.TraceId, output);
        }
        else if (request.Model is not null)
        {
            output.Write("\",\"Model\":\""u8);
            Escape(request.Model, output);
            output.Write("\",\"Version\":\""u8);
            Escape(request.Version!, output);
        }

        output.Write(_tails[id]);
    }

    private void Escape(string text, IBufferWriter<byte> output)
    {
        Span<byte> utf8 = stackalloc byte[256];
        if (!Encoding.UTF8.TryGetBytes(text, utf8, out var length))
        {
            Escape(Encoding.UTF8.GetBytes(text), output);
            return;
        }

        Escape(utf8[..length], output);
    }

    private void Escape(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        while (!utf8.IsEmpty)
        {
            _encoder.EncodeUtf8(utf8, output.GetSpan(utf8.Length + 16), out var consumed, out var written);
            output.Advance(written);
            utf8 = utf8[consumed..];
        }
    }
}
