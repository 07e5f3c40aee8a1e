namespace ModelApi.Fuzz.Wire;

/// <summary>An answer from the wire.</summary>
/// <param name="Status">Its status, or 0 when the connection ended without one.</param>
/// <param name="Head">Status line and headers in Latin-1.</param>
/// <param name="Body">The body without its chunks' heads, still encoded.</param>
internal sealed record WireAnswer(int Status, string Head, byte[] Body)
{
    public static WireAnswer None { get; } = new(0, "", []);

    /// <summary>Whether the server refuses because of its load and says when to come back.</summary>
    public bool IsOverload => Status == 503 && Head.Contains("\r\nRetry-After:", StringComparison.OrdinalIgnoreCase);
}
