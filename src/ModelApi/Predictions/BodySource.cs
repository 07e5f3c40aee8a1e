using System.Buffers;
using System.IO.Pipelines;

namespace ModelApi.Predictions;

/// <summary>Reads a body from the server's pipe, piece by piece; also as a stream, for the decoders.</summary>
/// <remarks>
/// A deadline cancels the pending read rather than its token: Kestrel's pipe does not recover from a token, and then logs an error with
/// a stack for each body that came too late.
/// </remarks>
internal sealed class BodySource(PipeReader reader, CancellationToken cancellationToken) : Stream
{
    // A client that pauses for as long while it holds much memory loses its place.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private Timer? _pause;
    private CancellationTokenRegistration _deadline;
    private bool _isRegistered;

    /// <summary>Whether a pause ends the read.</summary>
    public bool HoldsMuch { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits for the next piece of the body, which the caller must advance the reader over.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="BadHttpRequestException">The client paused for too long (408), or the body breaks a rule of HTTP.</exception>
    public async ValueTask<ReadResult> ReadPieceAsync()
    {
        var pending = reader.ReadAsync(CancellationToken.None);
        if (!pending.IsCompleted)
        {
            Watch();
        }

        var result = await pending;
        if (_pause is not null)
        {
            _pause.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (!result.IsCanceled)
        {
            return result;
        }

        reader.AdvanceTo(result.Buffer.Start);
        cancellationToken.ThrowIfCancellationRequested();
        throw new BadHttpRequestException("The client paused for too long.", StatusCodes.Status408RequestTimeout);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await ReadPieceAsync();
        var length = (int)Math.Min(result.Buffer.Length, buffer.Length);
        var taken = result.Buffer.Slice(0, length);
        taken.CopyTo(buffer.Span);
        reader.AdvanceTo(taken.End);
        return length > 0 || result.IsCompleted ? length : await ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _deadline.Dispose();
        _pause?.Dispose();
        base.Dispose(disposing);
    }

    private void Watch()
    {
        if (!_isRegistered)
        {
            _isRegistered = true;
            _deadline = cancellationToken.UnsafeRegister(static pipe => ((PipeReader)pipe!).CancelPendingRead(), reader);
        }

        if (HoldsMuch)
        {
            _pause ??= new Timer(static pipe => ((PipeReader)pipe!).CancelPendingRead(), reader, Timeout.Infinite, Timeout.Infinite);
            _pause.Change(LongestPause, Timeout.InfiniteTimeSpan);
        }
    }
}
