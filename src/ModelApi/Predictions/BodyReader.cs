using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Inference.Pooling;
using ModelApi.Limits;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Reads and unpacks bodies into memory that is reserved before it is taken, and taken only as a body comes.</summary>
internal sealed class BodyReader(RequestMemory memory, LargeBodies largeBodies, OverloadMetrics metrics, IOptions<LimitsOptions> limits)
    : IDisposable
{
    private const int SmallestBuffer = 16 * 1024;

    // From here on, a pause of the client ends the read.
    private const int Much = 64 * 1024;

    // Larger buffers are given back to the operating system at once.
    private const int LargestKept = 1024 * 1024;
    private const int KeptPerCore = 2;

    private readonly RequestMemory _memory = memory;
    private readonly long _maxBytes = limits.Value.MaxRequestBodyBytes;
    private readonly CorePool<NativeBuffer> _buffers =
        new(() => new NativeBuffer(), KeptPerCore, buffer => buffer.Capacity <= LargestKept);

    /// <summary>Receives a whole body, as it was sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model that is asked.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait for the body.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="BadHttpRequestException">The body came too slowly (408), or breaks a rule of HTTP.</exception>
    public async ValueTask<RequestBody> ReceiveAsync(
        HttpRequest request, string model, string caller, CancellationToken cancellationToken)
    {
        if (request.ContentLength > _maxBytes)
        {
            return new RequestBody(Failures.TooLarge(_maxBytes));
        }

        await using var source = new BodySource(request.BodyReader, cancellationToken);
        var first = await source.ReadPieceAsync();
        if (first.IsCompleted && first.Buffer.IsSingleSegment && first.Buffer.Length <= _maxBytes)
        {
            return new RequestBody(request.BodyReader, first.Buffer);
        }

        var body = new GrowingBody(this, model, request.ContentLength ?? _maxBytes, ContentCoding.Identity);
        try
        {
            return await ReceiveAsync(body, request.BodyReader, source, first, caller, cancellationToken);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Unpacks a body that was received; waits for nothing.</summary>
    /// <param name="packed">The body as it was sent.</param>
    /// <param name="coding">How it is packed.</param>
    /// <param name="model">The model that is asked.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidDataException">The body is not what its coding says, or ends too early.</exception>
    public async ValueTask<RequestBody> UnpackAsync(
        ReadOnlyMemory<byte> packed, ContentCoding coding, string model, CancellationToken cancellationToken)
    {
        var body = new GrowingBody(this, model, _maxBytes, coding);
        await using var source = new BodySource(PipeReader.Create(new ReadOnlySequence<byte>(packed)), cancellationToken);
        await using var unpacked = ContentCodings.Open(coding, source);
        return await FillAsync(body, source, unpacked, cancellationToken);
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(NativeBuffer buffer, long reserved)
    {
        _buffers.Return(buffer);
        _memory.Release(reserved);
    }

    public void Dispose() => _buffers.Dispose();

    // What has come is taken by the threads of large bodies, so that the server receives no more of them than those can take.
    private async ValueTask<RequestBody> ReceiveAsync(
        GrowingBody body, PipeReader reader, BodySource source, ReadResult piece, string caller, CancellationToken cancellationToken)
    {
        LargeBodies.Turn? turn = null;
        try
        {
            while (true)
            {
                if (turn is null && body.Length + piece.Buffer.Length > LargeBodies.Smallest)
                {
                    turn = await EnterAsync(reader, piece, caller, cancellationToken);
                    await turn.Switch;
                }

                if (body.Append(piece.Buffer) is { } failure)
                {
                    reader.AdvanceTo(piece.Buffer.End);
                    body.Dispose();
                    return new RequestBody(failure);
                }

                reader.AdvanceTo(piece.Buffer.End);
                if (piece.IsCompleted)
                {
                    return body.Close();
                }

                source.HoldsMuch = body.Capacity > Much;
                var next = source.ReadPieceAsync();
                if (!next.IsCompleted)
                {
                    turn?.Dispose();
                    turn = null;
                }

                piece = await next;
            }
        }
        finally
        {
            turn?.Dispose();
        }
    }

    private async ValueTask<LargeBodies.Turn> EnterAsync(
        PipeReader reader, ReadResult piece, string caller, CancellationToken cancellationToken)
    {
        try
        {
            return await largeBodies.EnterAsync(caller, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A piece that is not advanced over would leave Kestrel's reader in the middle of a read.
            reader.AdvanceTo(piece.Buffer.Start);
            throw;
        }
    }

    private static async ValueTask<RequestBody> FillAsync(
        GrowingBody body, BodySource source, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // Unpacking waits for nothing.
                cancellationToken.ThrowIfCancellationRequested();
                if (body.IsFull && body.Grow() is { } failure)
                {
                    body.Dispose();
                    return new RequestBody(failure);
                }

                source.HoldsMuch = body.Capacity > Much;
                var length = await content.ReadAsync(body.Free, CancellationToken.None);
                if (length == 0)
                {
                    return body.Close();
                }

                body.Length += length;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The failure of a request that needs more memory than there is, or than there ever will be.</summary>
    /// <param name="model">The model that is asked.</param>
    /// <param name="bytes">All that the request needs.</param>
    public PredictionFailure Refuse(string model, long bytes)
    {
        metrics.Refused(model);
        return bytes > _memory.Limit ? Failures.NeedsTooMuchMemory(_memory.Limit) : Failures.NoMemory;
    }

    /// <summary>A body while it comes. It starts small and doubles, whatever length its sender has announced.</summary>
    private sealed class GrowingBody(BodyReader owner, string model, long most, ContentCoding coding) : IDisposable
    {
        private readonly NativeBuffer _buffer = owner._buffers.Rent();

        // Brotli's decoder keeps up to 16 MB of what it has unpacked.
        private readonly int _share = coding == ContentCoding.Brotli ? 2 : 1;

        public int Length { get; set; }

        public int Capacity { get; private set; }

        public bool IsFull => Length == Capacity;

        public Memory<byte> Free => _buffer.Memory[Length..Capacity];

        /// <returns>Why there is no room, or null.</returns>
        public PredictionFailure? Append(ReadOnlySequence<byte> piece)
        {
            foreach (var segment in piece)
            {
                for (var left = segment; !left.IsEmpty;)
                {
                    if (IsFull && Grow() is { } failure)
                    {
                        return failure;
                    }

                    var length = Math.Min(left.Length, Capacity - Length);
                    left[..length].CopyTo(Free);
                    Length += length;
                    left = left[length..];
                }
            }

            // One byte more than a body may have is found here as well.
            return Length > owner._maxBytes ? Failures.TooLarge(owner._maxBytes) : null;
        }

        /// <returns>Why there is no more room, or null.</returns>
        public PredictionFailure? Grow()
        {
            if (Length > owner._maxBytes)
            {
                return Failures.TooLarge(owner._maxBytes);
            }

            // One byte more than the body may have shows one that has more.
            var capacity = (int)Math.Min(Math.Max(SmallestBuffer, Capacity * 2L), Math.Max(most, Length) + 1);
            var bytes = (long)_share * (capacity - Capacity);
            if (!owner._memory.TryReserve(bytes))
            {
                return owner.Refuse(model, ((long)_share * Capacity) + bytes);
            }

            Capacity = capacity;
            if (_buffer.Capacity < capacity)
            {
                _buffer.Grow(capacity);
            }

            return null;
        }

        public RequestBody Close() => new(owner, _buffer, Length, (long)_share * Capacity);

        public void Dispose() => owner.Return(_buffer, (long)_share * Capacity);
    }
}
