namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>The sums of a block's rows while kernels walk the trees.</summary>
internal abstract record LeafSums;

/// <inheritdoc cref="LeafSums"/>
/// <param name="Values">The sums, <c>[rows × targets]</c>.</param>
/// <param name="AreScored">Whether any leaf had a weight for the target; empty where every leaf has.</param>
internal sealed record LeafSums<T>(T[] Values, bool[] AreScored) : LeafSums;
