namespace ModelApi.Identity;

/// <summary>Who may call; section <c>Identity</c> of the configuration.</summary>
internal sealed record IdentityOptions
{
    public const string Section = "Identity";

    /// <summary>The API keys; none are stored, only their digests.</summary>
    public IReadOnlyList<ApiKeyOptions> ApiKeys { get; init; } = [];
}

/// <summary>One API key.</summary>
internal sealed record ApiKeyOptions
{
    /// <summary>The user name that a holder of the key has.</summary>
    public string User { get; init; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes in 64 hexadecimal digits: <c>printf %s "$KEY" | sha256sum</c>.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>From when on the key is refused; never when null.</summary>
    public DateTimeOffset? Expires { get; init; }
}
