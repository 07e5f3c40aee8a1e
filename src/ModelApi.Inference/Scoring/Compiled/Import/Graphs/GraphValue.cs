namespace ModelApi.Inference.Scoring.Compiled.Import.Graphs;

/// <summary>A value of a graph.</summary>
/// <remarks>A <see cref="Value"/> that depends on the rows, a <see cref="Constant"/>, or <see cref="Unreadable"/>.</remarks>
internal abstract record GraphValue
{
    private protected GraphValue()
    {
    }
}

/// <summary>A value that no operator here can read, such as a map.</summary>
internal sealed record Unreadable : GraphValue
{
    public static readonly Unreadable Instance = new();
}
