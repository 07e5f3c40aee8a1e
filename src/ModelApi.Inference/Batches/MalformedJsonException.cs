namespace ModelApi.Inference.Batches;

/// <summary>A text is not JSON, so that nothing in it can be read.</summary>
public sealed class MalformedJsonException : Exception
{
    /// <summary>Describes the fault and its place.</summary>
    /// <param name="message">A sentence that says what is wrong.</param>
    /// <param name="line">Line of the fault, from 1.</param>
    /// <param name="position">Byte within the line, from 1.</param>
    public MalformedJsonException(string message, long line, long position)
        : base(message)
    {
        Line = line;
        Position = position;
    }

    /// <summary>Line of the fault, from 1.</summary>
    public long Line { get; }

    /// <summary>Byte within the line, from 1.</summary>
    public long Position { get; }
}
