namespace ModelApi.Inference.Bundles;

/// <summary>How rows of several callers are joined for one version; null members leave it to the settings of the server.</summary>
public sealed record BatchingManifest
{
    /// <summary>Whether rows are joined.</summary>
    public BatchingMode? Mode { get; init; }

    /// <summary>Rows of one joined call.</summary>
    public int? MaxRows { get; init; }

    /// <summary>How long rows wait for others while a call is in flight.</summary>
    public double? MaxDelayMilliseconds { get; init; }

    /// <summary>Rows in the queue; further ones are refused.</summary>
    public int? MaxQueuedRows { get; init; }

    internal static BatchingManifest? Read(ManifestNode? batching)
    {
        if (batching is not { } node || !node.IsObject("mode", "maxRows", "maxDelayMilliseconds", "maxQueuedRows"))
        {
            return null;
        }

        return new BatchingManifest
        {
            Mode = node.Member("mode", required: false)?.OneOf(
                ("auto", BatchingMode.Auto), ("on", BatchingMode.On), ("off", BatchingMode.Off)),
            MaxRows = (int?)node.Member("maxRows", required: false)?.Integer(1, BatchingPolicy.MostRows),
            MaxDelayMilliseconds = ReadDelay(node.Member("maxDelayMilliseconds", required: false)),
            MaxQueuedRows = (int?)node.Member("maxQueuedRows", required: false)?.Integer(1, BatchingPolicy.MostQueuedRows),
        };
    }

    private static double? ReadDelay(ManifestNode? delay)
    {
        if (delay?.Number() is not { } milliseconds)
        {
            return null;
        }

        if (milliseconds is < 0 or > BatchingPolicy.LongestDelayMilliseconds)
        {
            delay.Fault($"Must be a number from 0 to {BatchingPolicy.LongestDelayMilliseconds}.");
        }

        return milliseconds;
    }
}
