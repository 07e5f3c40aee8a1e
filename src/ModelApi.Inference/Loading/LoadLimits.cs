using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Loading;

/// <summary>How long loading and proving one version may take, and how much memory.</summary>
public sealed record LoadLimits
{
    // A graph is held several times while it is loaded: as bytes, parsed, and as each engine's own form.
    private const int GraphCopies = 10;

    /// <summary>From the first byte read to ready. Default: 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes by which the process may grow beyond ten times the size of the bundle's graphs. Default: 512 MiB.</summary>
    public long MemoryBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Bytes by which the process may grow while it loads a bundle that was read.</summary>
    internal long MemoryFor(Bundle bundle) => MemoryBytes
        + (GraphCopies * (bundle.Steps.Sum(step => (long)step.Graph.Content.Length) + (bundle.Model?.Content.Length ?? 0)));

    /// <summary>The most that the other overload can give for a bundle in a folder.</summary>
    internal long MemoryFor(string folder)
    {
        try
        {
            var graphs = new DirectoryInfo(folder).EnumerateFiles()
                .Where(file => file.Extension is ".onnx" or ".zip");
            return MemoryBytes + (GraphCopies * Math.Min(graphs.Sum(SizeOf), new BundleLimits().MaxFileBytes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The reader reports the reason.
            return MemoryBytes;
        }
    }

    // The length of a link is that of its text.
    private static long SizeOf(FileInfo file) =>
        file.LinkTarget is null ? file.Length
        : file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target.Length
        : 0;
}
