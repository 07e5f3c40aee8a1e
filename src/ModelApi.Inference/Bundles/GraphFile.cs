namespace ModelApi.Inference.Bundles;

/// <summary>An ONNX file of a bundle, read and checked but not yet loaded.</summary>
/// <param name="File">Its file name.</param>
/// <param name="Content">The whole file.</param>
/// <param name="Inputs">The inputs that a caller must feed.</param>
/// <param name="Outputs">The outputs that it computes.</param>
public sealed record GraphFile(string File, byte[] Content, IReadOnlyList<GraphTensor> Inputs, IReadOnlyList<GraphTensor> Outputs);
