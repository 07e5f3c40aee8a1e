namespace ModelApi.Deployments.Rollouts;

/// <summary>A share that was observed, and where the true one probably lies.</summary>
/// <param name="Count">How many of the rows.</param>
/// <param name="Value">The share of the rows, in 0..1; null without rows.</param>
/// <param name="Low">The lower end of the 95 % confidence interval.</param>
/// <param name="High">Its upper end.</param>
internal sealed record Share(long Count, double? Value, double Low, double High)
{
    // The normal distribution's quantile of 97.5 %.
    private const double Deviations = 1.959963984540054;

    /// <summary>The share of some trials, with the Wilson score interval: it holds for small counts, and stays within 0..1.</summary>
    /// <param name="count">From 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">0 or more; without trials, the interval is 0..1.</param>
    /// <remarks>Source: Wilson, Probable inference, the law of succession, and statistical inference (JASA 22, 1927).</remarks>
    public static Share Of(long count, long trials)
    {
        if (trials == 0)
        {
            return new Share(count, null, 0, 1);
        }

        var share = (double)count / trials;
        const double square = Deviations * Deviations;
        var scale = 1 / (1 + (square / trials));
        var center = scale * (share + (square / (2 * trials)));
        var half = scale * Deviations * Math.Sqrt((share * (1 - share) / trials) + (square / (4d * trials * trials)));

        // The ends are exact where rounding would leave them beside 0 and 1.
        return new Share(count, share, count == 0 ? 0 : center - half, count == trials ? 1 : center + half);
    }
}
