using ModelApi.Configuration;

namespace ModelApi.Identity;

/// <summary>Who may call; section <c>Identity</c> of the configuration.</summary>
internal sealed record IdentityOptions
{
    public const string Section = "Identity";

    /// <summary>The API keys; only their digests are configured.</summary>
    public IReadOnlyList<ApiKeyOptions> ApiKeys { get; init; } = [];

    public static IdentityOptions Read(SettingsReader settings) => new() { ApiKeys = settings.List(nameof(ApiKeys), ApiKeyOptions.Read) };
}
