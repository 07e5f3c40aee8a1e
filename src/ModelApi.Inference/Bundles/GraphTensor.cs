using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Bundles;

/// <summary>An input or output that a graph declares.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="ElementType">The type of its elements, or null when it is no tensor (a sequence or a map).</param>
/// <param name="Dimensions">Its shape, null where a dimension is symbolic; or null when the graph does not say.</param>
public sealed record GraphTensor(string Name, TensorElementType? ElementType, IReadOnlyList<long?>? Dimensions);
