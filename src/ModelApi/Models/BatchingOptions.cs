using ModelApi.Configuration;
using ModelApi.Inference.Bundles;

namespace ModelApi.Models;

/// <summary>How rows of several callers are joined into one call; section <c>Models:Batching</c> of the configuration.</summary>
internal sealed record BatchingOptions
{
    private static readonly BatchingOptions Defaults = new();

    /// <summary>Whether rows are joined. Default: auto, which measures when a version is loaded whether joining pays.</summary>
    public BatchingMode Mode { get; init; }

    /// <summary>The largest number of rows in one joined call. Default: 32.</summary>
    public int MaxRows { get; init; } = 32;

    /// <summary>How long rows wait for others while another call is in flight. Default: 0.</summary>
    public double MaxDelayMilliseconds { get; init; }

    /// <summary>The largest number of rows that wait, at least one call's worth; further ones are refused. Default: 1024.</summary>
    public int MaxQueuedRows { get; init; } = 1024;

    public static BatchingOptions Read(SettingsReader settings) => new()
    {
        Mode = settings.Choice<BatchingMode>(nameof(Mode)) ?? Defaults.Mode,
        MaxRows = settings.Whole(nameof(MaxRows), 1, BatchingPolicy.MostRows) ?? Defaults.MaxRows,
        MaxDelayMilliseconds = settings.Number(nameof(MaxDelayMilliseconds), 0, BatchingPolicy.LongestDelayMilliseconds)
            ?? Defaults.MaxDelayMilliseconds,
        MaxQueuedRows = settings.Whole(nameof(MaxQueuedRows), 1, BatchingPolicy.MostQueuedRows) ?? Defaults.MaxQueuedRows,
    };

    /// <param name="threads">Threads that work on one call.</param>
    /// <param name="maxQueueMilliseconds">How long rows may have to wait.</param>
    public BatchingPolicy ToPolicy(int threads, int maxQueueMilliseconds) => new()
    {
        Mode = Mode,
        MaxRows = MaxRows,
        MaxDelay = TimeSpan.FromMilliseconds(MaxDelayMilliseconds),
        MaxQueuedRows = Math.Max(MaxRows, MaxQueuedRows),
        MaxQueueTime = TimeSpan.FromMilliseconds(maxQueueMilliseconds),
        MaxConcurrentCalls = Math.Max(1, Environment.ProcessorCount / threads),
    };
}
