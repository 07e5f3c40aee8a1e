using System.Buffers;
using Microsoft.Extensions.Primitives;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>A request that the rest of the pipeline would change nothing about: small, received, and without options.</summary>
internal static class PlainRequest
{
    // One buffer of the server holds as much. So few rows are scored before a deadline could stop them.
    private const int MaxBytes = 4096;

    // The answer to as many bytes is too small to be compressed.
    private const int MaxBytesWhereCompressed = 1024;

    /// <summary>Whether the head of a request without a query is plain: an encoding or a deadline of its own changes the answer.</summary>
    public static bool Is(HttpRequest request)
    {
        var headers = request.Headers;
        return headers.ContentLength is > 0 and var length
            && length <= (headers.AcceptEncoding.Count == 0 ? MaxBytes : MaxBytesWhereCompressed)
            && headers.ContentEncoding.Count == 0
            && headers[Deadlines.Header].Count == 0
            && IsJson(headers.ContentType);
    }

    /// <summary>Takes the body when the server has all of it; then nothing has to wait, and no timer is needed.</summary>
    public static bool TryReadBody(HttpRequest request, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (!request.BodyReader.TryRead(out var result))
        {
            return false;
        }

        body = result.Buffer;
        if (result.IsCompleted && body.IsSingleSegment && body.Length == request.ContentLength)
        {
            return true;
        }

        request.BodyReader.AdvanceTo(body.Start);
        return false;
    }

    private static bool IsJson(StringValues contentType) =>
        contentType is [{ } type]
        && (type is "application/json" || type.Equals("application/json; charset=utf-8", StringComparison.OrdinalIgnoreCase));
}
