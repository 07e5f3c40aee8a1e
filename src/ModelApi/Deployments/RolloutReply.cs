using System.Text.Json.Serialization;
using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>A rollout in progress.</summary>
/// <param name="Model">The model.</param>
/// <param name="Production">The version in production.</param>
/// <param name="Version">The version that proves itself.</param>
/// <param name="Mode">Whether it answers: shadow or canary.</param>
/// <param name="Percent">The share of calls that a canary answers.</param>
/// <param name="Key">What keeps a caller with one version.</param>
/// <param name="Sample">The share of the calls that are compared.</param>
/// <param name="Limits">When it is withdrawn and promoted.</param>
/// <param name="Started">When it began.</param>
/// <param name="IsCompared">Whether both versions can be called, so that they are compared.</param>
/// <param name="Comparison">What was seen, by this server.</param>
/// <param name="Verdict">What it is about to end in; left out while it goes on.</param>
internal sealed record RolloutReply(
    string Model,
    string? Production,
    string Version,
    RolloutMode Mode,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Percent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key,
    double Sample,
    RolloutLimitsReply Limits,
    DateTimeOffset Started,
    bool IsCompared,
    RolloutComparison Comparison,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Verdict)
{
    public static RolloutReply Of(RolloutRun run, Model? model)
    {
        var settings = run.Settings;
        var isCanary = settings.Mode == RolloutMode.Canary;
        return new RolloutReply(
            run.Model,
            model?.Production?.Version,
            settings.Version,
            settings.Mode,
            isCanary ? settings.Percent : null,
            isCanary ? settings.Key : null,
            settings.Sample,
            new RolloutLimitsReply(
                settings.MaxErrorRate, settings.MaxLabelDifference, settings.MaxLatencyRatio, settings.MinimumRows, settings.PromoteAfter),
            settings.Started,
            model?.Candidate is not null,
            run.ToComparison(),
            run.Verdict?.Reason);
    }
}

/// <summary>When a version is withdrawn and promoted.</summary>
/// <param name="MaxErrorRate">The largest share of rows that only the new version fails on; null for no limit.</param>
/// <param name="MaxLabelDifference">The largest share of rows that get another label; null for no limit.</param>
/// <param name="MaxLatencyRatio">The most times that its median time may exceed that of production; null for no limit.</param>
/// <param name="MinimumRows">How many rows in a row the limits are about.</param>
/// <param name="PromoteAfter">Rows, or a time as hours:minutes:seconds, after which it is promoted; null for never.</param>
internal sealed record RolloutLimitsReply(
    double? MaxErrorRate, double? MaxLabelDifference, double? MaxLatencyRatio, int MinimumRows, PromoteAfter? PromoteAfter);
