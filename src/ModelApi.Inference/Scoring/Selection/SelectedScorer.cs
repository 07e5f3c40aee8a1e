namespace ModelApi.Inference.Scoring.Selection;

/// <summary>What scores a version, and why that.</summary>
/// <param name="Scorer">The scorer; whoever asked for it disposes of it.</param>
/// <param name="Reason">One sentence for people.</param>
/// <param name="Kernels">Which kernels walk the trees, and how fast each was; null where there are none.</param>
public sealed record SelectedScorer(IScorer Scorer, string Reason, string? Kernels = null);
