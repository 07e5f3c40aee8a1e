namespace ModelApi.Inference.Bundles;

/// <summary>How large a bundle may be. Larger files are refused before they are read.</summary>
public sealed record BundleLimits
{
    /// <summary>Bytes of <c>model.json</c>.</summary>
    public long MaxManifestBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of any other file, and of all graphs together.</summary>
    public long MaxFileBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes of <c>golden.jsonl</c>.</summary>
    public long MaxGoldenBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of a document that is kept in memory, such as <c>performance.json</c>.</summary>
    public long MaxDocumentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Files in the folder.</summary>
    public int MaxFiles { get; init; } = 100;

    /// <summary>Features in the signature; also the inputs, and the outputs, of a graph.</summary>
    public int MaxFeatures { get; init; } = 10_000;

    /// <summary>Numbers that the tensors of one row hold.</summary>
    public int MaxTensorElements { get; init; } = 4 * 1024 * 1024;

    /// <summary>Classes of a classifier, and categories of a feature.</summary>
    public int MaxCategories { get; init; } = 100_000;

    /// <summary>Golden rows that are scored; further ones are not read.</summary>
    public int MaxGoldenRows { get; init; } = 1000;

    /// <summary>Nodes of a graph, with those of its inner graphs and of each call of its functions.</summary>
    public int MaxGraphNodes { get; init; } = 100_000;

    /// <summary>Levels of branches in a tree.</summary>
    /// <remarks>
    /// ONNX Runtime loads a tree by recursion, which takes some 650 bytes of the stack for each level. Of the 1.5 MB that a thread of
    /// .NET has on Linux, 2,400 levels take all, and that ends the process.
    /// </remarks>
    public int MaxTreeDepth { get; init; } = 1000;

    /// <summary>Classes or targets of a tree ensemble. Each takes memory for each row of a batch.</summary>
    public int MaxTreeTargets { get; init; } = 10_000;

    /// <summary>
    /// Bytes of the values of a graph whose size follows from constants, such as <c>ConstantOfShape</c> and sparse tensors, which a file
    /// of a few bytes can make as large as it likes.
    /// </summary>
    public long MaxExpandedBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Entries of the zip of an ML.NET model.</summary>
    public int MaxZipEntries { get; init; } = 10_000;

    /// <summary>
    /// Times that the entries of a zip may be larger than the zip. A quarter of <see cref="MaxExpandedBytes"/> is always allowed.
    /// </summary>
    public int MaxZipRatio { get; init; } = 10;
}
