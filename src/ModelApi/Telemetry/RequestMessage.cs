using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace ModelApi.Telemetry;

/// <summary>Writes the messages of <see cref="Log"/> as UTF-8, without the cost of their templates.</summary>
internal static class RequestMessage
{
    public const int PredictedId = 1;
    public const int AnsweredId = 2;
    public const int RefusedId = 3;

    public static int IdOf(in RequestEvent request) =>
        request.TraceId is not null ? RefusedId : request.Model is not null ? PredictedId : AnsweredId;

    /// <summary>An upper bound of a message's length in bytes.</summary>
    public static int MaxBytes(in RequestEvent request)
    {
        var asked = (request.TraceId?.Length ?? 0) + (request.Model?.Length ?? 0) + (request.Version?.Length ?? 0);


        // A quoted name has up to six characters for each of its own.
        return 128 + (3 * (request.Method.Length + request.Route.Length + asked)) + (6 * (request.User?.Length ?? 0));
    }

    /// <returns>The number of bytes written.</returns>
    public static int Write(in RequestEvent request, double milliseconds, Span<byte> output)
    {
        var length = 0;
        Append(request.Method, output, ref length);
        output[length++] = (byte)' ';
        Append(request.Route, output, ref length);
        output[length++] = (byte)' ';
        Append(request.Status, default, output, ref length);
        Append(" in "u8, output, ref length);
        Append(milliseconds, output, ref length);
        Append(" ms, user "u8, output, ref length);
        Append(LogText.Name(request.User), output, ref length);
        if (request.TraceId is not null)
        {
            Append(", trace "u8, output, ref length);
            Append(request.TraceId, output, ref length);
        }
        else if (request.Model is not null)
        {
            Append(", model "u8, output, ref length);
            Append(request.Model, output, ref length);
            output[length++] = (byte)' ';
            Append(request.Version!, output, ref length);
        }

        return length;
    }

    // The same text as the format "0.000", which costs as much as the rest of the line.
    private static void Append(double milliseconds, Span<byte> output, ref int length)
    {
        var microseconds = (long)Math.Round(milliseconds * 1000, MidpointRounding.AwayFromZero);
        Append(microseconds / 1000, default, output, ref length);
        output[length++] = (byte)'.';
        Append(microseconds % 1000, new('D', 3), output, ref length);
    }

    private static void Append(long number, StandardFormat format, Span<byte> output, ref int length)
    {
        Utf8Formatter.TryFormat(number, output[length..], out var written, format);
        length += written;
    }

    private static void Append(string text, Span<byte> output, ref int length) => length += Encoding.UTF8.GetBytes(text, output[length..]);

    private static void Append(ReadOnlySpan<byte> text, Span<byte> output, ref int length)
    {
        text.CopyTo(output[length..]);
        length += text.Length;
    }
}
