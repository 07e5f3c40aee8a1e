using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Bundles;

/// <summary>A graph output that holds a part of the answer.</summary>
/// <param name="Place">The output.</param>
/// <param name="Type">The type of its elements.</param>
public sealed record AnswerOutput(GraphOutput Place, TensorElementType Type);
