namespace ModelApi.Cli.Files;

/// <summary>How a file of rows is written.</summary>
internal enum FileFormat
{
    /// <summary>A table with a header; the separator is one of comma, semicolon, tab and bar.</summary>
    Csv,

    /// <summary>One JSON object in each line.</summary>
    JsonLines,
}

internal static class FileFormats
{
    /// <summary>The format that a file's name tells, or null.</summary>
    public static FileFormat? OfName(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" or ".TAB" => FileFormat.Csv,
        ".JSONL" or ".NDJSON" => FileFormat.JsonLines,
        _ => null,
    };

    /// <summary>The format that the first bytes of a file tell.</summary>
    public static FileFormat OfContent(ReadOnlySpan<byte> start) =>
        start.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{', ..] ? FileFormat.JsonLines : FileFormat.Csv;
}
