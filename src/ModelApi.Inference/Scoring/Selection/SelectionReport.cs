namespace ModelApi.Inference.Scoring.Selection;

/// <summary>What is known of a selected scorer.</summary>
/// <param name="Golden">How well it reproduced the golden rows.</param>
/// <param name="Reason">Why this engine, in one sentence for people.</param>
internal sealed record SelectionReport(GoldenReport Golden, string Reason);
