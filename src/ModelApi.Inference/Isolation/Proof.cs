using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;

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

    /// <summary>How well the golden rows were reproduced; null where it has faults.</summary>
    public GoldenReport? Golden { get; init; }

    /// <summary>The engine that scored, with the reason for it in one sentence; null where the bundle has faults.</summary>
    public string? Engine { get; init; }

    /// <summary>From the start of the process to its end.</summary>
    public TimeSpan Time { get; init; }
}
