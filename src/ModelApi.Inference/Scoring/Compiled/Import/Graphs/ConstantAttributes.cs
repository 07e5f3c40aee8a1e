using ModelApi.Inference.Bundles.Graphs;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>Reads the tensors among the attributes of a node.</summary>
internal static class ConstantAttributes
{
    /// <returns>Null when the node has no such attribute.</returns>
    public static Constant? Tensor(this NodeAttributes attributes, string name) =>
        attributes.TensorMessage(name) is { } message ? Constant.Read(OnnxTensor.Parser.ParseFrom(message.Span)) : null;
}
