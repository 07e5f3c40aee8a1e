namespace ModelApi.Cli.Files;

/// <summary>The file of the rows that were not scored; there is none when there are none.</summary>
internal sealed class RejectsFile(string path) : IDisposable
{
    private OutputFile? _file;

    public string Path => path;

    /// <summary>Adds what a batch rejected.</summary>
    public void Write(RowBatch batch)
    {
        if (batch.Rejected > 0)
        {
            _file ??= OutputFile.Create(path);
            _file.Write(batch.Rejects.Utf8);
        }
    }

    /// <summary>Puts the file into its place, or takes away one that an earlier run left there.</summary>
    public void Commit()
    {
        if (_file is not null)
        {
            _file.Commit();
        }
        else
        {
            RemoveEarlier();
        }
    }

    public void Dispose() => _file?.Dispose();

    private void RemoveEarlier()
    {
        try
        {
            // Never a device or a pipe that the user named.
            if (File.Exists(path) && new FileInfo(path).LinkTarget is null && !System.IO.Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"'{path}' is left from an earlier run and cannot be removed: {exception.Message}");
        }
    }
}
