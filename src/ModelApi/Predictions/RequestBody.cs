using System.Buffers;
using System.IO.Pipelines;
using ModelApi.Errors;
using ModelApi.Inference.Pooling;

namespace ModelApi.Predictions;

/// <summary>A request's body in one piece of memory: Kestrel's own buffer where that holds the whole body, or else a rented one.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly PipeReader? _reader;
    private readonly SequencePosition _end;
    private readonly BodyReader? _owner;
    private readonly NativeBuffer? _buffer;
    private readonly long _reserved;

    public RequestBody(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        _reader = reader;
        _end = buffer.End;
        Content = buffer.First;
    }

    public RequestBody(BodyReader owner, NativeBuffer buffer, int length, long reserved)
    {
        (_owner, _buffer, _reserved) = (owner, buffer, reserved);
        Content = buffer.Memory[..length];
    }

    public RequestBody(PredictionFailure failure) => Failure = failure;

    /// <summary>The unpacked body; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Why there is no body.</summary>
    public PredictionFailure? Failure { get; }

    public void Dispose()
    {
        _reader?.AdvanceTo(_end);
        _owner?.Return(_buffer!, _reserved);
    }
}
