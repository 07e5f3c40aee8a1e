using ModelApi.Configuration;
using ModelApi.Inference.Scoring.Batching;

namespace ModelApi.Models;

/// <summary>How rows of several callers are joined; section <c>Models:Batching</c> of the configuration.</summary>
internal sealed record BatchingOptions
{
    private static readonly BatchingOptions Defaults = new();

    /// <summary>Whether they are. Default: where it was found to pay when the version was loaded.</summary>
    public BatchingMode Mode { get; init; }

    /// <summary>Rows of one joined call. Default: 32.</summary>
    public int MaxRows { get; init; } = 32;

    /// <summary>How long rows wait for company while another call is in flight. Default: not at all.</summary>
    public double MaxDelayMilliseconds { get; init; }

    /// <summary>Rows that wait, at least as many as fit into one call; further ones are refused. Default: 1024.</summary>
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
    public BatchingPolicy ToPolicy(int threads) => new()
    {
        Mode = Mode,
        MaxRows = MaxRows,
        MaxDelay = TimeSpan.FromMilliseconds(MaxDelayMilliseconds),
        MaxQueuedRows = Math.Max(MaxRows, MaxQueuedRows),
        MaxConcurrentCalls = Math.Max(1, Environment.ProcessorCount / threads),
    };
}
