namespace ModelApi.Inference.Bundles;

/// <summary>How rows of several callers are joined.</summary>
public sealed record BatchingPolicy
{
    /// <summary>The most rows of one call that <see cref="MaxRows"/> may allow.</summary>
    public const int MostRows = 4096;

    /// <summary>The longest <see cref="MaxDelay"/>, in milliseconds.</summary>
    public const int LongestDelayMilliseconds = 1000;

    /// <summary>The most rows that <see cref="MaxQueuedRows"/> may allow.</summary>
    public const int MostQueuedRows = 1_000_000;

    /// <summary>Whether rows are joined at all. Default: where it pays.</summary>
    public BatchingMode Mode { get; init; }

    /// <summary>Rows of one joined call. Default: 32.</summary>
    public int MaxRows { get; init; } = 32;

    /// <summary>
    /// How long rows wait for others while a call is in flight and another could begin. Default: not at all, so that rows are joined only
    /// while all calls are busy.
    /// </summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>Rows in the queue; further ones are refused. Default: 1024.</summary>
    public int MaxQueuedRows { get; init; } = 1024;

    /// <summary>How long the last row in the queue may have to wait, as predicted from earlier calls. Default: 250 ms.</summary>
    public TimeSpan MaxQueueTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Calls at a time. Default: one for each core.</summary>
    public int MaxConcurrentCalls { get; init; } = Environment.ProcessorCount;

    /// <summary>The policy of one version: its manifest takes precedence, except that off for all versions stays off.</summary>
    public BatchingPolicy With(BatchingManifest? manifest)
    {
        if (manifest is null)
        {
            return this;
        }

        var maxRows = manifest.MaxRows ?? MaxRows;
        return this with
        {
            Mode = Mode == BatchingMode.Off ? BatchingMode.Off : manifest.Mode ?? Mode,
            MaxRows = maxRows,
            MaxDelay = manifest.MaxDelayMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : MaxDelay,
            MaxQueuedRows = Math.Max(maxRows, manifest.MaxQueuedRows ?? MaxQueuedRows),
        };
    }
}
