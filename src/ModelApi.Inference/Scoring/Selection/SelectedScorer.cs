namespace ModelApi.Inference.Scoring.Selection;

/// <summary>What scores a version, and why that.</summary>
/// <param name="Scorer">The scorer; whoever asked for it disposes of it.</param>
/// <param name="FixedReason">One sentence for people, unless the scorer has one itself.</param>
public sealed record SelectedScorer(IScorer Scorer, string FixedReason)
{
    /// <summary>Why that engine: one sentence for people.</summary>
    public string Reason => (Scorer as CompiledFirstScorer)?.Reason ?? FixedReason;

    /// <summary>Which kernels walk the trees, and how fast each was; null where there are none.</summary>
    public string? Kernels => (Scorer as CompiledFirstScorer)?.Kernels;
}
