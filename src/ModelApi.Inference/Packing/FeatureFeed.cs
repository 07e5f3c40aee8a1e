using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Packing;

/// <summary>A feature and the graph input that it feeds.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="File">The graph.</param>
/// <param name="Input">The input.</param>
/// <param name="IsAlone">Whether it feeds the input alone, rather than as one of several columns.</param>
internal sealed record FeatureFeed(string Feature, string File, GraphTensor Input, bool IsAlone);
