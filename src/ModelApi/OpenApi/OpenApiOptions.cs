using ModelApi.Configuration;

namespace ModelApi.OpenApi;

/// <summary>The documentation that the server serves; section <c>OpenApi</c> of the configuration.</summary>
internal sealed record OpenApiOptions
{
    public const string Section = "OpenApi";

    /// <summary>Who may read the document. Default: everybody in development, else callers with a key or token.</summary>
    public DocumentAccess? Access { get; init; }

    public static OpenApiOptions Read(SettingsReader settings) => new() { Access = settings.Choice<DocumentAccess>(nameof(Access)) };

    public DocumentAccess AccessIn(IHostEnvironment environment) =>
        Access ?? (environment.IsDevelopment() ? DocumentAccess.Open : DocumentAccess.Key);
}
