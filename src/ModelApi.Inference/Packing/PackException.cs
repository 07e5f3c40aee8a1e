namespace ModelApi.Inference.Packing;

/// <summary>A bundle cannot be made of what was given; the message says what is missing.</summary>
public sealed class PackException : Exception
{
    /// <summary>Says what is missing.</summary>
    public PackException(string message)
        : base(message)
    {
    }
}
