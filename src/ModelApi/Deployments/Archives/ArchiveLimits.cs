namespace ModelApi.Deployments.Archives;

/// <summary>How large an archive may be, packed and unpacked.</summary>
internal sealed record ArchiveLimits
{
    /// <summary>Bytes of the archive.</summary>
    public long MaxBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Archives that are received at a time.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>Bytes that are unpacked from it.</summary>
    public long MaxUnpackedBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Times that what is unpacked may be larger than the archive.</summary>
    /// <remarks>Deflate comes to 1032 at most; graphs and rows of models that were looked at come to 3 to 20.</remarks>
    public int MaxRatio { get; init; } = 100;

    /// <summary>Bytes that may be unpacked whatever the ratio.</summary>
    public long FreeBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Entries: the hundred files that a bundle may have, its manifest, and the entries of folders.</summary>
    public int MaxEntries { get; init; } = 128;

    /// <summary>Bytes that may be unpacked from an archive.</summary>
    /// <param name="bytes">The size of the archive.</param>
    public long Unpacked(long bytes) => Math.Min(MaxUnpackedBytes, Math.Max(FreeBytes, checked(bytes * MaxRatio)));
}
