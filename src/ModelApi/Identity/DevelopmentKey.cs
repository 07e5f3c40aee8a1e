namespace ModelApi.Identity;

/// <summary>The API key of the development configuration: public, and so refused everywhere else.</summary>
internal static class DevelopmentKey
{
    public const string Value = "abc123";

    public static string Sha256 { get; } = ApiKeyStore.Hash(Value);
}
