using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Inference.Pooling;
using ModelApi.Limits;
using ModelApi.Overload;

namespace ModelApi.Predictions;

/// <summary>Reads and unpacks bodies into memory that is reserved before it is taken, and taken only as a body comes.</summary>
internal sealed class BodyReader(RequestMemory memory, OverloadMetrics metrics, IOptions<LimitsOptions> limits) : IDisposable
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

    /// <summary>Reads a whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="coding">How the body is packed.</param>
    /// <param name="model">The model that is asked.</param>
    /// <param name="cancellationToken">Ends the wait for the body.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="BadHttpRequestException">The body came too slowly (408), or breaks a rule of HTTP.</exception>
    /// <exception cref="InvalidDataException">The body is not what its coding says, or ends too early.</exception>
    public async ValueTask<RequestBody> ReadAsync(
        HttpRequest request, ContentCoding coding, string model, CancellationToken cancellationToken)
    {
        if (request.ContentLength > _maxBytes)
        {
            return new RequestBody(Failures.TooLarge(_maxBytes));
        }

        await using var source = new BodySource(request.BodyReader, cancellationToken);
        if (coding == ContentCoding.Identity)
        {
            var first = await source.ReadPieceAsync();
            if (first.IsCompleted && first.Buffer.IsSingleSegment && first.Buffer.Length <= _maxBytes)
            {
                return new RequestBody(request.BodyReader, first.Buffer);
            }

            request.BodyReader.AdvanceTo(first.Buffer.Start);
        }

        var most = (coding == ContentCoding.Identity ? request.ContentLength : null) ?? _maxBytes;
        var body = new GrowingBody(this, model, most, coding);
        try
        {
            await using var unpacked = ContentCodings.Open(coding, source);
            while (true)
            {
                // Unpacking waits for nothing while packed data is at hand.
                cancellationToken.ThrowIfCancellationRequested();
                if (body.IsFull && body.Grow() is { } failure)
                {
                    body.Dispose();
                    return new RequestBody(failure);
                }

                source.HoldsMuch = body.Capacity > Much;
                var length = await unpacked.ReadAsync(body.Free, CancellationToken.None);
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

    /// <summary>Takes a buffer back.</summary>
    public void Return(NativeBuffer buffer, long reserved)
    {
        _buffers.Return(buffer);
        _memory.Release(reserved);
    }

    public void Dispose() => _buffers.Dispose();

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
