namespace ModelApi.Inference.Bundles;

/// <summary>How large a bundle may be. Larger files are refused before they are read.</summary>
public sealed record BundleLimits
{
    /// <summary>Bytes of <c>model.json</c>.</summary>
    public long MaxManifestBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of any other file.</summary>
    public long MaxFileBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes of a document that is kept in memory, such as <c>performance.json</c>.</summary>
    public long MaxDocumentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Files in the folder.</summary>
    public int MaxFiles { get; init; } = 100;

    /// <summary>Features in the signature.</summary>
    public int MaxFeatures { get; init; } = 10_000;

    /// <summary>Classes of a classifier, and categories of a feature.</summary>
    public int MaxCategories { get; init; } = 100_000;

    /// <summary>Golden rows that are scored; further ones are not read.</summary>
    public int MaxGoldenRows { get; init; } = 1000;
}
