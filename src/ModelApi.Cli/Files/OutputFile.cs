namespace ModelApi.Cli.Files;

/// <summary>A file that is complete or absent: written beside its place under another name, and renamed at the end.</summary>
/// <remarks>Standard output and devices are written as they are; for them there is no such promise.</remarks>
internal sealed class OutputFile : IDisposable
{
    private readonly string _name;
    private readonly string? _place;
    private readonly string? _temporary;
    private readonly Stream _stream;
    private bool _closed;

    private OutputFile(string name, string? place, string? temporary, Stream stream)
    {
        _name = name;
        _place = place;
        _temporary = temporary;
        _stream = stream;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <param name="path">A path, or <c>-</c> for standard output.</param>
    /// <exception cref="CommandException">The file cannot be made.</exception>
    public static OutputFile Create(string path)
    {
        if (path == "-")
        {
            return new OutputFile("Standard output", null, null, Console.OpenStandardOutput());
        }

        var place = Path.GetFullPath(path);
        try
        {
            // What a link leads to is replaced, not the link.
            place = new FileInfo(place).LinkTarget is null ? place : File.ResolveLinkTarget(place, returnFinalTarget: true)!.FullName;
            var folder = Path.GetDirectoryName(place);
            if (Directory.Exists(place) || !Directory.Exists(folder))
            {
                throw new CommandException(Directory.Exists(place) ? $"'{path}' is a folder; give a file." : $"There is no folder '{folder}' to write '{path}' to.");
            }

            if (place.StartsWith("/dev/", StringComparison.Ordinal) || place.StartsWith("/proc/", StringComparison.Ordinal))
            {
                return new OutputFile($"'{path}'", null, null, new FileStream(place, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
            }

            var temporary = Path.Combine(folder, $".{Path.GetFileName(place)}.{Environment.ProcessId}.{Path.GetRandomFileName()}");
            return new OutputFile($"'{path}'", place, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"'{path}' cannot be written: {exception.Message}");
        }
    }

    /// <exception cref="CommandException">The disk is full, or whatever else keeps the file from being written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException exception)
        {
            throw Failure(exception);
        }
    }

    /// <summary>Ends the file and puts it into its place.</summary>
    /// <exception cref="CommandException">The disk is full, or whatever else keeps the file from being written.</exception>
    public void Commit()
    {
        try
        {
            if (_place is null)
            {
                _stream.Flush();
                return;
            }

            // Some file systems find out only now that the disk is full; a rename before that would promise too much.
            ((FileStream)_stream).Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_temporary!, _place, overwrite: true);
            _closed = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception);
        }
    }

    /// <summary>Takes the file away unless it was committed.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Abandon();
    }

    // Whatever else ends the process in an orderly way: a closed terminal, a second Ctrl-C.
    private void OnProcessExit(object? sender, EventArgs arguments) => Abandon();

    private void Abandon()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _stream.Dispose();
        if (_temporary is not null)
        {
            File.Delete(_temporary);
        }
    }

    private CommandException Failure(Exception exception) =>
        new($"{_name} cannot be written, and nothing of it is kept: {exception.Message}");
}
