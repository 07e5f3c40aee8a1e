namespace ModelApi.Inference.Files;

/// <summary>How a file of rows is read, and how the answers in the output are named.</summary>
public sealed record RowFileOptions
{
    /// <summary>The format; null recognizes it by the first bytes.</summary>
    public FileFormat? Format { get; init; }

    /// <summary>The separator of a CSV, an ASCII character. Null: the one of <c>, ; tab |</c> that makes columns of the features.</summary>
    public char? Separator { get; init; }

    /// <summary>Begins the names of the added columns or members, as in <c>bank_prediction</c>.</summary>
    public string Prefix { get; init; } = "";
}
