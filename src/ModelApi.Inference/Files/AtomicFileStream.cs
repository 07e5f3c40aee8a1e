namespace ModelApi.Inference.Files;

/// <summary>A file that is complete or absent: written beside its place under a hidden name, and renamed by <see cref="Commit"/>.</summary>
/// <remarks>
/// Devices and pipes below <c>/dev</c> and <c>/proc</c> are written directly, without that promise. A process that is killed leaves the
/// hidden file: <c>.&lt;name&gt;.&lt;process&gt;.&lt;random&gt;</c>. Not thread-safe.
/// </remarks>
public sealed class AtomicFileStream : Stream
{
    private readonly string _path;
    private readonly string _place;
    private readonly string? _temporary;
    private readonly bool _replace;
    private readonly bool _isOptional;
    private FileStream? _stream;
    private bool _isClosed;

    private AtomicFileStream(string path, bool replace, bool isOptional)
    {
        _path = path;
        _replace = replace;
        _isOptional = isOptional;
        _place = ResolvePlace(path);
        if (!IsBelowDevices(_place))
        {
            var name = $".{Path.GetFileName(_place)}.{Environment.ProcessId}.{Path.GetRandomFileName()}";
            _temporary = Path.Combine(Path.GetDirectoryName(_place)!, name);
            ThrowIfInTheWay();
        }

        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        if (!isOptional)
        {
            _stream = Open();
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>Not supported.</summary>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Begins a file, which is committed even if nothing is written to it.</summary>
    /// <param name="path">The file. Of a symbolic link the target is written, and the link stays.</param>
    /// <param name="replace">Whether <see cref="Commit"/> may replace an existing file.</param>
    /// <exception cref="RowFileException">The folder does not exist, the file does, or it cannot be created.</exception>
    public static AtomicFileStream Create(string path, bool replace) => new(path, replace, isOptional: false);

    /// <summary>Begins a file that is only there if something is written to it; a replaced one goes away in any case.</summary>
    /// <inheritdoc cref="Create"/>
    public static AtomicFileStream CreateOptional(string path, bool replace) => new(path, replace, isOptional: true);

    /// <summary>Whether a path leads below <c>/dev</c> or <c>/proc</c> and is written directly.</summary>
    /// <exception cref="RowFileException">The path is a folder, or its folder does not exist.</exception>
    public static bool IsDevice(string path) => IsBelowDevices(ResolvePlace(path));

    /// <inheritdoc/>
    /// <exception cref="RowFileException">The file cannot be written, for instance because the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            (_stream ??= Open()).Write(buffer);
        }
        catch (IOException exception)
        {
            throw Failure(exception);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <remarks>Completes synchronously, as writing to a file does below.</remarks>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Does nothing: <see cref="Commit"/> flushes.</summary>
    public override void Flush()
    {
    }

    /// <summary>Flushes the file to the disk and renames it into its place. Without it, disposing removes the file.</summary>
    /// <exception cref="RowFileException">The disk is full, or the file exists by now and may not be replaced.</exception>
    public void Commit()
    {
        try
        {
            if (_stream is null)
            {
                RemoveEarlier();
                return;
            }

            if (_temporary is null)
            {
                _stream.Flush();
                return;
            }

            // Some file systems notice only now that the disk is full; renaming before that would promise too much.
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_temporary, _place, _replace);
            _isClosed = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception);
        }
    }

    /// <summary>Not supported.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            Abandon();
        }

        base.Dispose(disposing);
    }

    private static bool IsBelowDevices(string place) =>
        place.StartsWith("/dev/", StringComparison.Ordinal) || place.StartsWith("/proc/", StringComparison.Ordinal);

    private static string ResolvePlace(string path)
    {
        var place = Path.GetFullPath(path);
        if (IsBelowDevices(place))
        {
            // The link of a pipe, such as /dev/stdout, leads to a name that does not exist.
            return place;
        }

        try
        {
            place = new FileInfo(place).LinkTarget is null ? place : File.ResolveLinkTarget(place, returnFinalTarget: true)!.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RowFileException($"'{path}' cannot be written: {exception.Message}", exception);
        }

        if (Directory.Exists(place))
        {
            throw new RowFileException($"'{path}' is a folder; give a file.");
        }

        var folder = Path.GetDirectoryName(place);
        return Directory.Exists(folder)
            ? place
            : throw new RowFileException($"There is no folder '{folder}' to write '{path}' to; create it first.");
    }

    private FileStream Open()
    {
        try
        {
            return _temporary is null
                ? new FileStream(_place, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)
                : new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RowFileException($"'{_path}' cannot be written: {exception.Message}", exception);
        }
    }

    private void ThrowIfInTheWay()
    {
        if (!_replace && File.Exists(_place))
        {
            throw new RowFileException($"'{_path}' already exists.");
        }
    }

    // Nothing was written this time, so a file of an earlier run must not look like the result of this one.
    private void RemoveEarlier()
    {
        if (_isOptional && _replace && _temporary is not null && File.Exists(_place))
        {
            File.Delete(_place);
        }
    }

    // An exit that unwinds no stack: a closed terminal, a second Ctrl-C.
    private void OnProcessExit(object? sender, EventArgs arguments) => Abandon();

    private void Abandon()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _stream?.Dispose();
        if (_stream is not null && _temporary is not null)
        {
            File.Delete(_temporary);
        }
    }

    private RowFileException Failure(Exception exception) =>
        new($"'{_path}' cannot be written: {exception.Message}", exception);
}
