using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Yardstick;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;

namespace ModelApi.Benchmarks.Engines;

/// <summary>Holds that what is timed gives the same answers: a fast wrong answer is no result.</summary>
internal static class Sameness
{
    private const float Tolerance = 2e-6f;

    public static void Check(IScorer scorer, IReadOnlyList<FeatureBatch> batches, IReadOnlyList<BoundRows> bound)
    {
        var predictions = new PredictionBatch(batches[0].Signature);
        for (var i = 0; i < batches.Count; i++)
        {
            bound[i].Run();
            scorer.Score(batches[i], predictions, CancellationToken.None);
            for (var j = 0; j < predictions.Probabilities.Length; j++)
            {
                var difference = Math.Abs(predictions.Probabilities[j] - bound[i].Probabilities[j]);
                if (!(difference <= Tolerance))
                {
                    throw new MeasuringException($"{scorer.Engine} and the yardstick differ by {difference} in batch {i}, value {j}.");
                }
            }
        }
    }
}
