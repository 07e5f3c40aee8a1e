using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Isolation;

/// <summary>What a process of its own found out about a bundle.</summary>
public sealed record Proof
{
    /// <summary>Why the bundle cannot be served; empty when it can.</summary>
    public IReadOnlyList<BundleFault> Faults { get; init; } = [];

    /// <summary>How many faults it has.</summary>
    public long FaultCount { get; init; }

    /// <summary>Whether the process came to a verdict. If not, it crashed or exceeded a limit, and the bundle must not be loaded.</summary>
    public bool IsVerdict { get; init; }

    /// <summary>The digest of the bundle's content, see <see cref="Bundle.Digest"/>; null where it has faults.</summary>
    public string? Digest { get; init; }

    /// <summary>Golden rows that were reproduced.</summary>
    public int GoldenRows { get; init; }

    /// <summary>Largest absolute difference from the trainer's probabilities (or, for a regression, values).</summary>
    public double LargestDifference { get; init; }

    /// <summary>The largest difference that is allowed, in the same unit.</summary>
    public double Allowed { get; init; }

    /// <summary>Why the tolerance is wider than usual; null where it is not.</summary>
    public string? ToleranceReason { get; init; }

    /// <summary>The engine that scored, with the reason for it in one sentence; null where the bundle has faults.</summary>
    public string? Engine { get; init; }

    /// <summary>From the start of the process to its end.</summary>
    public TimeSpan Time { get; init; }
}
