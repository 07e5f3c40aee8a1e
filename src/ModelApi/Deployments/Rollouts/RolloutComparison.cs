using System.Globalization;

namespace ModelApi.Deployments.Rollouts;

/// <summary>What the comparison of two versions has shown so far.</summary>
/// <param name="Rows">Rows that at least one version answered.</param>
/// <param name="RefusedByBoth">Rows that neither version takes; they count nowhere else.</param>
/// <param name="Dropped">Calls that were not compared because the server had too much to do.</param>
/// <param name="Errors">Rows that only one version failed on.</param>
/// <param name="Labels">How often the labels differ; null where no row has a label.</param>
/// <param name="ScoreDifference">
/// Score of the new version less that of production: of the probability of production's label, of the value, or of the number that differs
/// most. Null where no scores can be compared.
/// </param>
/// <param name="Latency">How long both versions took for the same calls, on the same thread; null before a call was timed.</param>
internal sealed record RolloutComparison(
    long Rows,
    long RefusedByBoth,
    long Dropped,
    ErrorComparison Errors,
    LabelComparison? Labels,
    Distribution? ScoreDifference,
    LatencyComparison? Latency)
{
    public static RolloutComparison Of(RolloutStatistics statistics) => new(
        statistics.Rows,
        statistics.RefusedByBoth,
        statistics.Dropped,
        new ErrorComparison(
            Share.Of(statistics.ProductionErrors, statistics.Rows), Share.Of(statistics.CandidateErrors, statistics.Rows)),
        statistics.Labelled == 0
            ? null
            : new LabelComparison(
                statistics.Labelled,
                Share.Of(statistics.Differing, statistics.Labelled),
                statistics.Confusion.ToRows(),
                statistics.Confusion.Omitted),
        Distribution.Of(statistics.Scores),
        statistics.LatencyRatio is not { } ratio
            ? null
            : new LatencyComparison(
                statistics.TimedCalls, Times.Of(statistics.ProductionSeconds), Times.Of(statistics.CandidateSeconds), ratio));
}

/// <summary>Errors side by side.</summary>
/// <param name="Production">The share of the rows that only production failed on.</param>
/// <param name="Candidate">The share of the rows that only the new version failed on.</param>
internal sealed record ErrorComparison(Share Production, Share Candidate);

/// <summary>Labels of both versions.</summary>
/// <param name="Rows">Rows that both versions gave a label.</param>
/// <param name="Differing">The share of them whose labels differ.</param>
/// <param name="Confusion">Rows by the label of production, and within that by the label of the new version.</param>
/// <param name="ConfusionOmitted">Rows that the table leaves out, because it would have too many cells.</param>
internal sealed record LabelComparison(
    long Rows,
    Share Differing,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Confusion,
    long ConfusionOmitted);

/// <summary>How values are distributed.</summary>
/// <param name="Rows">How many values there are.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="MeanMagnitude">The mean of their magnitudes.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Quantiles">By the share of the values that do not exceed it; within 1 % of the value.</param>
internal sealed record Distribution(
    long Rows, double Mean, double MeanMagnitude, double Minimum, double Maximum, IReadOnlyDictionary<string, double> Quantiles)
{
    private static readonly double[] Shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    /// <returns>Null without values.</returns>
    public static Distribution? Of(QuantileSketch sketch) => sketch.Count == 0
        ? null
        : new Distribution(
            sketch.Count,
            sketch.Sum / sketch.Count,
            sketch.SumOfMagnitudes / sketch.Count,
            sketch.Minimum,
            sketch.Maximum,
            Shares.ToDictionary(share => share.ToString(CultureInfo.InvariantCulture), share => sketch.Quantile(share)!.Value));
}

/// <summary>Times side by side.</summary>
/// <param name="Calls">Calls that both versions were timed on.</param>
/// <param name="Production">Times of production.</param>
/// <param name="Candidate">Times of the new version.</param>
/// <param name="Ratio">The new version's median over that of production.</param>
internal sealed record LatencyComparison(long Calls, Times Production, Times Candidate, double Ratio);

/// <summary>Times of one version for reading and scoring a call.</summary>
/// <param name="MeanMilliseconds">The mean.</param>
/// <param name="P50Milliseconds">The median.</param>
/// <param name="P95Milliseconds">What 95 % of the calls do not exceed.</param>
/// <param name="P99Milliseconds">What 99 % of the calls do not exceed.</param>
internal sealed record Times(double MeanMilliseconds, double P50Milliseconds, double P95Milliseconds, double P99Milliseconds)
{
    public static Times Of(QuantileSketch seconds) => new(
        1000 * seconds.Sum / seconds.Count,
        1000 * seconds.Quantile(0.5)!.Value,
        1000 * seconds.Quantile(0.95)!.Value,
        1000 * seconds.Quantile(0.99)!.Value);
}
