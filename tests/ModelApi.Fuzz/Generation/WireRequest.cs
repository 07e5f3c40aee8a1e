namespace ModelApi.Fuzz.Generation;

/// <summary>A request as the bytes on the wire.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Bytes">All that is sent.</param>
internal sealed record WireRequest(string Kind, byte[] Bytes)
{
    /// <summary>The row and model whose answer is known.</summary>
    public Golden? Golden { get; init; }

    /// <summary>Whether the server may close the connection or wait for more, so that no answer need come.</summary>
    public bool MayBeUnanswered { get; init; }

    /// <summary>Whether the request names a deadline of its own, so that 504 is an answer.</summary>
    public bool AsksForDeadline { get; init; }

    /// <summary>Bytes of the body as the server unpacks it, for budgets.</summary>
    public long UnpackedBytes { get; init; }
}
