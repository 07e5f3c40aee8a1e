using ModelApi.Configuration;

namespace ModelApi.Answers;

/// <summary>The form of every answer; section <c>Api</c> of the configuration.</summary>
internal sealed record ApiOptions
{
    public const string Section = "Api";

    /// <summary>Whether answers come in an envelope unless a request says <c>?envelope=false</c>; off by default.</summary>
    public bool Envelope { get; init; }

    public static ApiOptions Read(SettingsReader settings) => new() { Envelope = settings.Flag(nameof(Envelope)) ?? false };
}
