namespace ModelApi.Inference.Files;

/// <summary>The format of a file of rows, always UTF-8.</summary>
public enum FileFormat
{
    /// <summary>A table whose first line names the columns, separated by comma, semicolon, tab or bar; quotes as in RFC 4180.</summary>
    Csv,

    /// <summary>One JSON object per line.</summary>
    JsonLines,
}
