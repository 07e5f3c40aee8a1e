using System.Diagnostics;
using System.Reflection;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Measures by the clock of the machine.</summary>
/// <remarks>The shortest time counts: what requests take meanwhile comes on top of some only.</remarks>
internal sealed class EngineTimer : IEngineTimer
{
    private const int MostRows = 16;
    private const int Rounds = 5;

    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(8);

    // The runtime optimizes code in the background after it was called often.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    /// <summary>The clock of the machine; null in a build whose code is not optimized, where times would tell nothing.</summary>
    public static EngineTimer? OfThisBuild { get; } =
        typeof(EngineTimer).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? null : new();

    /// <inheritdoc/>
    public EngineTimes Measure(FeatureBatch rows, IScorer compiled, IScorer reference, CancellationToken cancellationToken)
    {
        var singles = Enumerable.Range(0, Math.Min(MostRows, rows.Rows)).Select(row => Single(rows, row)).ToArray();
        var predictions = new PredictionBatch(rows.Signature);
        var (ofCompiled, ofReference) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            ofCompiled = Math.Min(ofCompiled, Shortest(compiled));
            ofReference = Math.Min(ofReference, Shortest(reference));
            cancellationToken.WaitHandle.WaitOne(Pause);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new EngineTimes(ofCompiled / singles.Length, ofReference / singles.Length);

        double Shortest(IScorer scorer)
        {
            var shortest = TimeSpan.MaxValue;
            for (var start = Stopwatch.GetTimestamp(); shortest == TimeSpan.MaxValue || Stopwatch.GetElapsedTime(start) < Budget;)
            {
                var before = Stopwatch.GetTimestamp();
                foreach (var single in singles)
                {
                    scorer.Score(single, predictions, cancellationToken);
                }

                var elapsed = Stopwatch.GetElapsedTime(before);
                shortest = elapsed < shortest ? elapsed : shortest;
            }

            return shortest.TotalMicroseconds;
        }
    }

    private static FeatureBatch Single(FeatureBatch rows, int row)
    {
        var single = new FeatureBatch(rows.Signature);
        rows.CopyRowTo(single, row);
        return single;
    }
}
