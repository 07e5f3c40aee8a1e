namespace ModelApi.Deployments.Rollouts;

/// <summary>The quantiles of any number of values, within 1 % of each value, in bounded memory.</summary>
/// <remarks>
/// Counts values in buckets whose bounds grow by a constant factor. Magnitudes below 10⁻¹² count as zero, and those above 10¹² as 10¹².
/// Not thread-safe. Source of the buckets: Masson, Rim and Lee, DDSketch (VLDB 12, 2019).
/// </remarks>
internal sealed class QuantileSketch
{
    private const double Accuracy = 0.01;
    private const double Smallest = 1e-12;
    private const double Largest = 1e12;
    private const double Factor = (1 + Accuracy) / (1 - Accuracy);

    private static readonly double LogFactor = Math.Log(Factor);

    // Added to the index of a bucket, so that it is above zero for any magnitude; a negative value has the negative of that.
    private static readonly int Offset = 1 - Index(Smallest);

    private readonly Dictionary<int, long> _buckets = [];

    /// <summary>How many values there were.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public double Sum { get; private set; }

    /// <summary>The sum of their magnitudes.</summary>
    public double SumOfMagnitudes { get; private set; }

    /// <summary>The smallest, exactly; not a number without values.</summary>
    public double Minimum { get; private set; } = double.NaN;

    /// <summary>The largest, exactly; not a number without values.</summary>
    public double Maximum { get; private set; } = double.NaN;

    /// <summary>Adds a finite value.</summary>
    public void Add(double value)
    {
        var key = KeyOf(value);
        _buckets[key] = _buckets.GetValueOrDefault(key) + 1;
        Minimum = Count == 0 ? value : Math.Min(Minimum, value);
        Maximum = Count == 0 ? value : Math.Max(Maximum, value);
        Count++;
        Sum += value;
        SumOfMagnitudes += Math.Abs(value);
    }

    /// <summary>The smallest value that at least that share of all values does not exceed.</summary>
    /// <param name="share">In 0..1.</param>
    /// <returns>Within 1 % of it; null without values.</returns>
    public double? Quantile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        foreach (var (key, count) in _buckets.OrderBy(bucket => bucket.Key))
        {
            seen += count;
            if (seen >= wanted)
            {
                return Math.Clamp(ValueOf(key), Minimum, Maximum);
            }
        }

        return Maximum;
    }

    /// <summary>The sketch as it is stored.</summary>
    public StoredSketch ToStored()
    {
        var buckets = _buckets.OrderBy(bucket => bucket.Key).ToArray();
        return new StoredSketch(
            [.. buckets.Select(bucket => bucket.Key)],
            [.. buckets.Select(bucket => bucket.Value)],
            Sum,
            SumOfMagnitudes,
            Count == 0 ? null : Minimum,
            Count == 0 ? null : Maximum);
    }

    /// <summary>Makes the sketch that was stored.</summary>
    public static QuantileSketch Of(StoredSketch stored)
    {
        var sketch = new QuantileSketch
        {
            Sum = stored.Sum,
            SumOfMagnitudes = stored.SumOfMagnitudes,
            Minimum = stored.Minimum ?? double.NaN,
            Maximum = stored.Maximum ?? double.NaN,
        };
        foreach (var (key, count) in stored.Keys.Zip(stored.Counts))
        {
            sketch._buckets[key] = count;
            sketch.Count += count;
        }

        return sketch;
    }

    private static int KeyOf(double value)
    {
        var magnitude = Math.Abs(value);
        return magnitude < Smallest ? 0 : Math.Sign(value) * (Index(Math.Min(magnitude, Largest)) + Offset);
    }

    // The value that is nearest to both bounds of the bucket, relative to them.
    private static double ValueOf(int key) =>
        key == 0 ? 0 : Math.Sign(key) * 2 * Math.Pow(Factor, Math.Abs(key) - Offset) / (Factor + 1);

    private static int Index(double magnitude) => (int)Math.Ceiling(Math.Log(magnitude) / LogFactor);
}
