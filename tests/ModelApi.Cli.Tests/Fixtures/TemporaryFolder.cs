namespace ModelApi.Cli.Tests.Fixtures;

/// <summary>A folder of its own for the files of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("modelapi-cli-").FullName;

    /// <summary>Everything in it, hidden files included.</summary>
    public IEnumerable<string?> Names => Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public string PathOf(string file) => Path.Combine(Root, file);

    public string Write(string file, string content) => Write(file, System.Text.Encoding.UTF8.GetBytes(content));

    public string Write(string file, byte[] content)
    {
        File.WriteAllBytes(PathOf(file), content);
        return PathOf(file);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
