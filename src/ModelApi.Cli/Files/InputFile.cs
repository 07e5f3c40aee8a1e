namespace ModelApi.Cli.Files;

/// <summary>A file or standard input, whose start can be looked at before it is read.</summary>
internal sealed class InputFile : Stream
{
    // A table of ten thousand columns has a first line of a few hundred kilobytes.
    private const int LongestStart = 1024 * 1024;

    private readonly Stream _source;
    private byte[] _start = [];
    private int _startLength;
    private int _startTaken;
    private long _bytesRead;

    private InputFile(string name, Stream source)
    {
        Name = name;
        _source = source;
        TotalBytes = source.CanSeek ? source.Length : null;
    }

    /// <summary>What messages call it, at the beginning of a sentence.</summary>
    public string Name { get; }

    /// <summary>Its size, or null when only its end will tell.</summary>
    public long? TotalBytes { get; }

    /// <summary>How many bytes were taken out so far; may be asked for from any thread.</summary>
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

    /// <param name="path">A path, or <c>-</c> for standard input.</param>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static InputFile Open(string path)
    {
        if (path == "-")
        {
            return new InputFile("Standard input", Console.OpenStandardInput());
        }

        if (Directory.Exists(path))
        {
            throw new CommandException($"'{path}' is a folder; give a file.");
        }

        if (!File.Exists(path))
        {
            throw new CommandException($"There is no file '{path}'.");
        }

        return new InputFile($"'{path}'", new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan));
    }

    /// <summary>The first line with its line break, and whatever was read along with it.</summary>
    /// <remarks>Without a line break only when the file has none, or none in its first megabyte.</remarks>
    /// <exception cref="CommandException">The file is compressed, or no UTF-8.</exception>
    public ReadOnlySpan<byte> PeekStart()
    {
        for (var length = -1; length != 0 && _startLength < LongestStart && !_start.AsSpan(0, _startLength).Contains((byte)'\n'); _startLength += length)
        {
            if (_start.Length == _startLength)
            {
                Array.Resize(ref _start, Math.Clamp(_start.Length * 2, 64 * 1024, LongestStart));
            }

            length = _source.Read(_start, _startLength, _start.Length - _startLength);
        }

        var start = _start.AsSpan(0, _startLength);
        ThrowUnlessText(start);
        return start;
    }

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
            length = _source.Read(buffer);
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

    // These would otherwise end in a complaint about the names of columns.
    private void ThrowUnlessText(ReadOnlySpan<byte> start)
    {
        if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new CommandException($"{Name} is UTF-16; save it as UTF-8 (in Excel: 'CSV UTF-8').");
        }

        if (start is [0x1F, 0x8B, ..] or [(byte)'P', (byte)'K', 3, 4, ..])
        {
            throw new CommandException($"{Name} is compressed; unpack it first, as with: gunzip -c rows.csv.gz | modelapi score models/bank/1");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }
}
