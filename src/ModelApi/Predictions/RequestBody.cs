using System.Buffers;
using System.IO.Pipelines;

namespace ModelApi.Predictions;

/// <summary>A request's body in one piece of memory: the server's own buffer where it holds the whole body, or else a rented one.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly PipeReader? _reader;
    private readonly SequencePosition _end;
    private readonly byte[]? _rented;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        _reader = reader;
        _end = buffer.End;
        Content = buffer.First;
    }

    private RequestBody(byte[] rented, int length)
    {
        _rented = rented;
        Content = rented.AsMemory(0, length);
    }

    /// <summary>The body; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Reads a body of at most that many bytes.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger (413), or came too slowly (408).</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge();
        }

        var reader = request.BodyReader;
        var result = await reader.ReadAsync(cancellationToken);
        if (result.IsCompleted && result.Buffer.IsSingleSegment && result.Buffer.Length <= maxBytes)
        {
            return new RequestBody(reader, result.Buffer);
        }

        var rented = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? 64 * 1024, maxBytes));
        var length = 0;
        try
        {
            while (true)
            {
                var needed = length + result.Buffer.Length;
                if (needed > maxBytes)
                {
                    throw TooLarge();
                }

                if (needed > rented.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(rented.Length * 2L, maxBytes)));
                    rented.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(rented);
                    rented = larger;
                }

                result.Buffer.CopyTo(rented.AsSpan(length));
                length = (int)needed;
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return new RequestBody(rented, length);
                }

                result = await reader.ReadAsync(cancellationToken);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    public void Dispose()
    {
        _reader?.AdvanceTo(_end);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }

    private static BadHttpRequestException TooLarge() => new("Request body too large.", StatusCodes.Status413PayloadTooLarge);
}
