using System.ComponentModel.DataAnnotations;
using ModelApi.Inference.Scoring.Batching;

namespace ModelApi.Models;

/// <summary>How rows of several callers are joined; section <c>Models:Batching</c> of the configuration.</summary>
internal sealed record BatchingOptions
{
    /// <summary>Whether they are. Default: where it was found to pay when the version was loaded.</summary>
    public BatchingMode Mode { get; init; }

    /// <summary>Rows of one joined call. Default: 32.</summary>
    [Range(1, BatchingPolicy.MostRows)]
    public int MaxRows { get; init; } = 32;

    /// <summary>How long rows wait for company while another call is in flight. Default: not at all.</summary>
    [Range(0, BatchingPolicy.LongestDelayMilliseconds)]
    public double MaxDelayMilliseconds { get; init; }

    /// <summary>Rows that wait, at least as many as fit into one call; further ones are refused. Default: 1024.</summary>
    [Range(1, BatchingPolicy.MostQueuedRows)]
    public int MaxQueuedRows { get; init; } = 1024;

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
