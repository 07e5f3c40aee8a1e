namespace ModelApi.Inference.Batches;

/// <summary>JSON pointers (RFC 6901).</summary>
public static class JsonPointer
{
    /// <summary>The pointer to a member of an object.</summary>
    /// <param name="name">The member's name.</param>
    public static string ToMember(string name) =>
        $"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
