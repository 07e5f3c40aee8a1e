namespace ModelApi.Cli;

/// <summary>The input of a command: a file or standard input.</summary>
/// <param name="Name">Its name in messages, at the beginning of a sentence.</param>
/// <param name="Stream">Its bytes, from the first one.</param>
/// <param name="Bytes">Its size, or null for a pipe.</param>
internal sealed record InputFile(string Name, Stream Stream, long? Bytes) : IDisposable
{
    /// <param name="path">A path, or <c>-</c> for standard input.</param>
    /// <exception cref="CommandException">The file does not exist.</exception>
    public static InputFile Open(string path)
    {
        if (path == "-")
        {
            return new InputFile("Standard input", Console.OpenStandardInput(), null);
        }

        if (Directory.Exists(path))
        {
            throw new CommandException($"'{path}' is a folder; give a file.");
        }

        if (!File.Exists(path))
        {
            throw new CommandException($"There is no file '{path}'; give a CSV or JSONL file, or - for standard input.");
        }

        const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, Share, bufferSize: 0, FileOptions.SequentialScan);
        return new InputFile($"'{path}'", stream, stream.CanSeek ? stream.Length : null);
    }

    public void Dispose() => Stream.Dispose();
}
