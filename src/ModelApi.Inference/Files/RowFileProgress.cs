namespace ModelApi.Inference.Files;

/// <summary>Progress of scoring a file, reported after each batch is written.</summary>
/// <param name="Rows">Rows scored or rejected so far.</param>
/// <param name="BytesRead">Bytes of the input that these rows took, at least.</param>
public readonly record struct RowFileProgress(long Rows, long BytesRead);
