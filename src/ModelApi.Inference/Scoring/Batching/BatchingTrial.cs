using System.Diagnostics;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Batching;

/// <summary>The measured cost of a row alone and in a joined call.</summary>
/// <param name="Rows">Rows of the joined call.</param>
/// <param name="AloneMicroseconds">The cost of a row that is scored by itself.</param>
/// <param name="JoinedMicroseconds">The cost of a row of a joined call.</param>
public sealed record BatchingTrial(int Rows, double AloneMicroseconds, double JoinedMicroseconds)
{
    // Enough rows to tell the fixed cost of a call from that of a row.
    private const int MostRows = 16;
    private const int MostRounds = 20;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(10);

    /// <summary>Scores the same rows by themselves and as one call, for about 10 ms or at least once.</summary>
    /// <param name="scorer">A scorer that is warm.</param>
    /// <param name="rows">Rows to score; they are repeated as needed.</param>
    /// <param name="maxRows">The most rows of a joined call.</param>
    /// <param name="cancellationToken">Ends the trial early.</param>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static BatchingTrial Measure(IScorer scorer, FeatureBatch rows, int maxRows, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(maxRows, MostRows);
        var joined = new FeatureBatch(rows.Signature, count);
        var singles = new FeatureBatch[count];
        for (var i = 0; i < count; i++)
        {
            singles[i] = new FeatureBatch(rows.Signature);
            rows.CopyRowTo(singles[i], i % rows.Rows);
            rows.CopyRowTo(joined, i % rows.Rows);
        }

        // Other work on the machine only makes a round longer, so the shortest is the most accurate.
        var predictions = new PredictionBatch(rows.Signature);
        var (alone, together) = (double.MaxValue, double.MaxValue);
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round == 0 || (round < MostRounds && Stopwatch.GetElapsedTime(start) < Budget); round++)
        {
            var begin = Stopwatch.GetTimestamp();
            foreach (var single in singles)
            {
                scorer.Score(single, predictions, cancellationToken);
            }

            var middle = Stopwatch.GetTimestamp();
            scorer.Score(joined, predictions, cancellationToken);
            alone = Math.Min(alone, Stopwatch.GetElapsedTime(begin, middle).TotalMicroseconds / count);
            together = Math.Min(together, Stopwatch.GetElapsedTime(middle).TotalMicroseconds / count);
        }

        return new BatchingTrial(count, alone, together);
    }
}
