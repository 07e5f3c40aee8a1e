using System.Globalization;

namespace ModelApi.Deployments.Rollouts;

/// <summary>Decides whether a rollout goes on.</summary>
/// <remarks>
/// A version is withdrawn as soon as a limit cannot hold any more: when more of <see cref="RolloutSettings.MinimumRows"/> rows in a row
/// failed or differ than the limit allows of as many. So a version that is plainly wrong goes after few rows, and one that
/// begins to fail late goes as fast.
/// </remarks>
internal static class RolloutJudge
{
    // A median of fewer calls says little, however many rows they have.
    private const int MinimumCalls = 30;

    /// <param name="settings">The limits.</param>
    /// <param name="statistics">What was seen.</param>
    /// <param name="running">How long the rollout has lasted.</param>
    /// <returns>Null when it goes on.</returns>
    public static RolloutVerdict? Decide(RolloutSettings settings, RolloutStatistics statistics, TimeSpan running) =>
        FindExceeded(settings, statistics) is { } reason ? new RolloutVerdict(IsPromotion: false, reason)
        : IsProven(settings, statistics, running) ? new RolloutVerdict(IsPromotion: true, Praise(settings, statistics))
        : null;

    private static string? FindExceeded(RolloutSettings settings, RolloutStatistics statistics)
    {
        if (statistics.WorstErrors / (double)settings.MinimumRows > settings.MaxErrorRate)
        {
            return Text($"{statistics.WorstErrors} of at most {settings.MinimumRows} rows in a row failed in version {settings.Version} ")
                + Text($"alone, which is more than maxErrorRate {settings.MaxErrorRate} allows; ")
                + Text($"{statistics.CandidateErrors} of all {statistics.Rows} rows did.");
        }

        if (statistics.WorstDiffering / (double)settings.MinimumRows > settings.MaxLabelDifference)
        {
            return Text($"{statistics.WorstDiffering} of at most {settings.MinimumRows} rows in a row got another label from version ")
                + Text($"{settings.Version}, which is more than maxLabelDifference {settings.MaxLabelDifference} allows; ")
                + Text($"{statistics.Differing} of all {statistics.Rows} rows did.");
        }

        return HasEnoughTimes(settings, statistics) && statistics.LatencyRatio > settings.MaxLatencyRatio
            ? Text($"The median time of version {settings.Version} is {statistics.LatencyRatio:0.00} times that of production, ")
                + Text($"more than maxLatencyRatio {settings.MaxLatencyRatio}, over {statistics.TimedCalls} calls.")
            : null;
    }

    private static bool IsProven(RolloutSettings settings, RolloutStatistics statistics, TimeSpan running) =>
        settings.PromoteAfter is { } after
        && statistics.Rows >= settings.MinimumRows
        && after.IsReached(statistics.Rows, running)
        && (settings.MaxLatencyRatio is null || HasEnoughTimes(settings, statistics));

    private static bool HasEnoughTimes(RolloutSettings settings, RolloutStatistics statistics) =>
        statistics.Rows >= settings.MinimumRows && statistics.TimedCalls >= Math.Min(MinimumCalls, settings.MinimumRows);

    private static string Praise(RolloutSettings settings, RolloutStatistics statistics) =>
        Text($"The limits held over {statistics.Rows} rows: {statistics.CandidateErrors} failed in version {settings.Version} alone, ")
        + Text($"{statistics.Differing} got another label, and its median time is ")
        + Text($"{statistics.LatencyRatio:0.00} times that of production.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
