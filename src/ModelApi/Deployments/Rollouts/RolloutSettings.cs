using System.Text.Json;
using System.Text.Json.Serialization;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments.Rollouts;

/// <summary>What was asked of a rollout. <see cref="RolloutSettingsReader"/> reads and checks it.</summary>
internal sealed record RolloutSettings
{
    public const int DefaultMinimumRows = 1000;

    /// <summary>The version that proves itself.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it answers.</summary>
    public required RolloutMode Mode { get; init; }

    /// <summary>The share of calls that a canary answers, above 0 and at most 100; 0 for a shadow.</summary>
    public double Percent { get; init; }

    /// <summary>What keeps a caller with one version: <c>caller</c>, <c>header:NAME</c> or <c>feature:NAME</c>.</summary>
    public string Key { get; init; } = RolloutKey.CallerText;

    /// <summary>The share of the calls that are compared, above 0 and at most 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>The largest share of rows that only the new version fails on, in 0..1; null for no limit.</summary>
    public double? MaxErrorRate { get; init; }

    /// <summary>The largest share of rows that get another label, in 0..1; null for no limit.</summary>
    public double? MaxLabelDifference { get; init; }

    /// <summary>The most times that the new version's median time may exceed that of production; null for no limit.</summary>
    public double? MaxLatencyRatio { get; init; }

    /// <summary>How many rows in a row the limits are about, and how many are compared at least before the version is promoted.</summary>
    public int MinimumRows { get; init; } = DefaultMinimumRows;

    /// <summary>When the version is promoted if the limits held; null for never.</summary>
    public PromoteAfter? PromoteAfter { get; init; }

    /// <summary>Whether the version may be promoted although its contract breaks clients.</summary>
    public bool IsForced { get; init; }

    /// <summary>Tells it from other rollouts of the model; made by the server.</summary>
    public string Id { get; init; } = "";

    /// <summary>As <see cref="Rollout.Seed"/>; made by the server.</summary>
    public string Seed { get; init; } = "";

    /// <summary>When it began; set by the server.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Whether any limit is set.</summary>
    [JsonIgnore]
    public bool HasLimit => MaxErrorRate is not null || MaxLabelDifference is not null || MaxLatencyRatio is not null;

    /// <summary>What the registry needs to know of it.</summary>
    public Rollout ToRollout() => new(Id, Version, Mode, Percent, Key) { Seed = Seed };

    /// <summary>The settings as the store keeps them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RolloutJson.Default.RolloutSettings);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It was not written so.</exception>
    public static RolloutSettings OfJson(string json) =>
        JsonSerializer.Deserialize(json, RolloutJson.Default.RolloutSettings) ?? throw new JsonException("The rollout is null.");
}
