namespace ModelApi.Inference.Files;

/// <summary>A file of rows cannot be read or scored, or its output cannot be written. The message is meant for the file's owner.</summary>
public sealed class RowFileException : Exception
{
    /// <summary>Describes the fault in a sentence that says what to do.</summary>
    public RowFileException(string message)
        : base(message)
    {
    }

    /// <summary>Describes the fault and keeps its cause.</summary>
    public RowFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
