using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>What scoring one row takes, as the mean of the latest calls. Thread-safe.</summary>
internal sealed class RowCost(TimeProvider time)
{
    private const double Weight = 1.0 / 8;

    private double _ticks;

    /// <summary>Scores the rows of one call, and learns from it.</summary>
    public void Score(IScorer scorer, FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        scorer.Score(features, predictions, cancellationToken);

        // A value that another call overwrites is one of many: the mean stays near.
        var ticks = (double)time.GetElapsedTime(start).Ticks / Math.Max(1, features.Rows);
        var mean = Volatile.Read(ref _ticks);
        Volatile.Write(ref _ticks, mean == 0 ? ticks : mean + (Weight * (ticks - mean)));
    }

    /// <summary>The time that so many rows would take one after another; zero before the first call.</summary>
    public TimeSpan Of(int rows) => TimeSpan.FromTicks((long)(rows * Volatile.Read(ref _ticks)));
}
