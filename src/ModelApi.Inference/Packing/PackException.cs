namespace ModelApi.Inference.Packing;

/// <summary>A bundle cannot be made; the message says what is missing or wrong.</summary>
public sealed class PackException : Exception
{
    /// <summary>Describes the fault in a sentence that says what to do.</summary>
    public PackException(string message)
        : base(message)
    {
    }
}
