namespace ModelApi.Inference.Files;

/// <summary>A file whose start can be looked at before it is read.</summary>
internal sealed class PeekedStream(Stream source, string name) : Stream
{
    // A table of ten thousand columns has a first line of a few hundred kilobytes.
    private const int LongestStart = 1024 * 1024;

    private byte[] _start = [];
    private int _startLength;
    private int _startTaken;
    private long _bytesRead;

    /// <summary>The file's name in messages, at the beginning of a sentence.</summary>
    public string Name => name;

    /// <summary>How many bytes were read so far; any thread may ask.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The first line with its line break, and whatever was read along with it.</summary>
    /// <remarks>There is no line break where the file has none, or none in its first megabyte.</remarks>
    /// <exception cref="RowFileException">The file is compressed, or UTF-16.</exception>
    public ReadOnlySpan<byte> PeekStart()
    {
        var length = -1;
        while (length != 0 && _startLength < LongestStart && !_start.AsSpan(0, _startLength).Contains((byte)'\n'))
        {
            if (_start.Length == _startLength)
            {
                Array.Resize(ref _start, Math.Clamp(_start.Length * 2, 64 * 1024, LongestStart));
            }

            length = ReadSource(_start.AsSpan(_startLength));
            _startLength += length;
        }

        var start = _start.AsSpan(0, _startLength);
        ThrowUnlessText(start);
        return start;
    }

    /// <exception cref="RowFileException">The source cannot be read.</exception>
    public override int Read(Span<byte> buffer)
    {
        int length;
        if (_startTaken < _startLength)
        {
            length = Math.Min(buffer.Length, _startLength - _startTaken);
            _start.AsSpan(_startTaken, length).CopyTo(buffer);
            _startTaken += length;
        }
        else
        {
            length = ReadSource(buffer);
        }

        Volatile.Write(ref _bytesRead, _bytesRead + length);
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int ReadSource(Span<byte> buffer)
    {
        try
        {
            return source.Read(buffer);
        }
        catch (IOException exception)
        {
            throw new RowFileException($"{Name} cannot be read: {exception.Message}", exception);
        }
    }

    // Otherwise the message would be about missing columns.
    private void ThrowUnlessText(ReadOnlySpan<byte> start)
    {
        if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new RowFileException($"{Name} is UTF-16; save it as UTF-8 (in Excel: 'CSV UTF-8').");
        }

        if (start is [0x1F, 0x8B, ..] or [(byte)'P', (byte)'K', 3, 4, ..])
        {
            throw new RowFileException($"{Name} is compressed; unpack it first, for example with gunzip.");
        }
    }
}
