namespace ModelApi.Inference.Scoring;

/// <summary>How well a scorer reproduced the golden rows.</summary>
/// <param name="Rows">Rows that were scored.</param>
/// <param name="LargestDifference">Largest absolute difference from the trainer's probabilities (or, for a regression, values).</param>
public sealed record GoldenReport(int Rows, double LargestDifference);
