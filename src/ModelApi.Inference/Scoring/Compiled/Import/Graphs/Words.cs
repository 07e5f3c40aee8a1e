using ModelApi.Inference.Scoring.Compiled.Text;

namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>A text feature on its way to the counts of its words.</summary>
/// <param name="Feature">The feature's index.</param>
/// <param name="Normalizer">How it is normalized; null where it is not.</param>
/// <param name="Tokenizer">How it is split; null where it is not yet.</param>
/// <param name="Padding">What ONNX Runtime appends to rows of fewer tokens than others.</param>
/// <param name="Rank">The number of dimensions, with the first.</param>
internal sealed record Words(int Feature, TextNormalizer? Normalizer, TextTokenizer? Tokenizer, string? Padding, int Rank) : GraphValue;
