namespace ModelApi.Identity;

/// <summary>The API key of the development configuration. It is public, so other environments refuse it.</summary>
internal static class DevelopmentKey
{
    public const string Value = "abc123";

    private static readonly string Sha256 = ApiKeyStore.Hash(Value);

    public static bool Is(string sha256) => string.Equals(sha256, Sha256, StringComparison.OrdinalIgnoreCase);
}
