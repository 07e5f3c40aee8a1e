namespace ModelApi.Inference.Files;

/// <summary>Recognizes the format of a file.</summary>
public static class FileFormats
{
    /// <summary>Recognizes a format by a file name: <c>.csv</c>, <c>.tsv</c> and <c>.tab</c>, <c>.jsonl</c> and <c>.ndjson</c>.</summary>
    /// <returns>The format, or null for any other extension.</returns>
    public static FileFormat? OfName(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" or ".TAB" => FileFormat.Csv,
        ".JSONL" or ".NDJSON" => FileFormat.JsonLines,
        _ => null,
    };

    /// <summary>Recognizes a format by the first bytes of a file: an opening brace begins JSON, everything else is a table.</summary>
    public static FileFormat OfContent(ReadOnlySpan<byte> start) =>
        start.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{', ..] ? FileFormat.JsonLines : FileFormat.Csv;
}
