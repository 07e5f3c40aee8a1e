namespace ModelApi.Inference.Bundles;

/// <summary>A saved ML.NET model of a bundle, read and checked but not yet loaded.</summary>
/// <param name="File">Its file name.</param>
/// <param name="Content">The whole file.</param>
public sealed record ModelZip(string File, byte[] Content);
