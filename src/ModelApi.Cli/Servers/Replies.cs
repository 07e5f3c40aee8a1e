using System.Text.Json;

namespace ModelApi.Cli.Servers;

/// <summary>What <c>GET /models</c> answers.</summary>
internal sealed record ModelListInfo(string? Default, IReadOnlyList<ModelInfo> Models);

/// <summary>What <c>GET /models/{name}</c> answers.</summary>
internal sealed record ModelInfo(
    string Name,
    string? Production,
    long Revision,
    bool Disabled,
    IReadOnlyDictionary<string, string>? Aliases,
    IReadOnlyList<VersionInfo> Versions);

/// <summary>What <c>GET /models/{name}/versions/{version}</c> answers.</summary>
internal sealed record VersionInfo(
    string Version, string State, string Stage, string? Origin, string? Engine, IReadOnlyList<FaultInfo>? Faults, long FaultCount)
{
    /// <summary>Whether nothing more happens to it by itself.</summary>
    public bool IsSettled => State is "ready" or "failed" or "unloaded" or "disabled";
}

/// <summary>A fault of a bundle.</summary>
internal sealed record FaultInfo(string File, string Path, string Message)
{
    public override string ToString() => string.Join(' ', new[] { File, Path, Message }.Where(part => part.Length > 0));
}

/// <summary>What a change answers.</summary>
internal sealed record ChangeInfo(string Action, bool Changed, string? Version, string? Before, ModelInfo? Model, DiffInfo? Difference);

/// <summary>What <c>GET …/diff/{other}</c> answers.</summary>
internal sealed record DiffInfo(
    string Model,
    string From,
    string To,
    bool Breaking,
    IReadOnlyList<DifferenceInfo> Differences,
    IReadOnlyList<MetricInfo> Metrics,
    IReadOnlyList<ArgumentInfo> Arguments);

/// <summary>A difference of what clients send and get.</summary>
internal sealed record DifferenceInfo(string Path, string Change, bool Breaking, string Message);

/// <summary>A metric of two versions.</summary>
internal sealed record MetricInfo(string Name, double? Old, double? New, double? Change);

/// <summary>A training argument that differs.</summary>
internal sealed record ArgumentInfo(string Name, JsonElement? Old, JsonElement? New);

/// <summary>What <c>GET /models/{name}/history</c> answers.</summary>
internal sealed record HistoryInfo(string Model, IReadOnlyList<HistoryEntryInfo> Entries, long? Next);

/// <summary>A change in the history.</summary>
internal sealed record HistoryEntryInfo(
    long Id, DateTimeOffset At, string User, string Action, string? Version, string? Before, JsonElement? Detail);
