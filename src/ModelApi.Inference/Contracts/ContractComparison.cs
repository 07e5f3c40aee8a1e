namespace ModelApi.Inference.Contracts;

/// <summary>How the contract of one version differs from that of another.</summary>
/// <param name="Differences">The differences, breaking ones first; else in the order of <c>model.json</c>.</param>
public sealed record ContractComparison(IReadOnlyList<ContractDifference> Differences)
{
    /// <summary>Whether a client that was written for the old version may fail with the new one.</summary>
    public bool IsBreaking => Differences.Any(difference => difference.IsBreaking);
}
