namespace ModelApi.Inference.Scoring.Batching;

/// <summary>What scoring one row takes, as the mean of the latest calls. Thread-safe.</summary>
internal sealed class RowCost
{
    private const double Weight = 1.0 / 8;

    private double _ticks;

    /// <summary>Learns from one call.</summary>
    public void Add(TimeSpan elapsed, int rows)
    {
        // A value that another call overwrites is one of many: the mean stays near.
        var ticks = (double)elapsed.Ticks / Math.Max(1, rows);
        var mean = Volatile.Read(ref _ticks);
        Volatile.Write(ref _ticks, mean == 0 ? ticks : mean + (Weight * (ticks - mean)));
    }

    /// <summary>The time that so many rows would take one after another; zero before the first call.</summary>
    public TimeSpan Of(int rows) => TimeSpan.FromTicks((long)(rows * Volatile.Read(ref _ticks)));
}
