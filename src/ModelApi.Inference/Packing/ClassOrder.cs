using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Finds which probability column belongs to which class, by comparing the columns with the trainer's probabilities.</summary>
internal static class ClassOrder
{
    /// <param name="scorer">Scores with the classes in any order.</param>
    /// <param name="golden">The trainer's probabilities, in that same order.</param>
    /// <returns>For each column the index of its class; null unless each class has a number, or if the columns are ambiguous.</returns>
    public static int[]? Find(IScorer scorer, GoldenRows golden)
    {
        if (golden.Features.Signature is not { Task: ModelTask.Classification, Classes.Count: var classes } signature
            || signature.Answer.NumberColumns != classes)
        {
            return null;
        }

        var predictions = new PredictionBatch(golden.Features.Signature);
        scorer.Score(golden.Features, predictions, CancellationToken.None);
        var order = new int[classes];
        for (var column = 0; column < classes; column++)
        {
            order[column] = Enumerable.Range(0, classes).MinBy(candidate => Difference(predictions, golden, column, candidate, classes));
        }

        return order.Distinct().Count() == classes ? order : null;
    }

    private static double Difference(PredictionBatch predictions, GoldenRows golden, int column, int candidate, int classes)
    {
        var sum = 0.0;
        for (var row = 0; row < predictions.Rows; row++)
        {
            sum += Math.Abs(predictions.Number(row, column) - golden.Numbers[(row * classes) + candidate]);
        }

        return sum;
    }
}
