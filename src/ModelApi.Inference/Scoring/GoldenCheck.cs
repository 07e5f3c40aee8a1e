using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring;

/// <summary>Scores a bundle's golden rows and compares the answers with the trainer's.</summary>
public static class GoldenCheck
{
    /// <summary>Largest allowed difference of a probability or value; relative to the trainer's value where that exceeds 1.</summary>
    public const double Tolerance = 1e-6;

    // Rows that are also scored one by one. A few find a scorer that treats single rows differently.
    private const int MostSingle = 20;

    /// <summary>Scores all rows in one batch and then some of them one by one, which also warms the scorer up.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="golden">The golden rows of its bundle.</param>
    /// <param name="cancellationToken">Ends the check early.</param>
    /// <exception cref="BundleException">An answer differs from the trainer's.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static GoldenReport Run(IScorer scorer, GoldenRows golden, CancellationToken cancellationToken = default)
    {
        var faults = new BundleFaults();
        var predictions = new PredictionBatch(golden.Features.Signature);
        scorer.Score(golden.Features, predictions, cancellationToken);
        var largest = 0.0;
        for (var row = 0; row < golden.Features.Rows; row++)
        {
            largest = Math.Max(largest, Compare(golden, row, predictions, row, "in a batch", faults));
        }

        var single = new FeatureBatch(golden.Features.Signature);
        var singles = Math.Min(MostSingle, golden.Features.Rows);
        for (var i = 0; i < singles; i++)
        {
            var row = (int)((long)i * golden.Features.Rows / singles);
            single.Clear();
            golden.Features.CopyRowTo(single, row);
            scorer.Score(single, predictions, cancellationToken);
            largest = Math.Max(largest, Compare(golden, row, predictions, 0, "by itself", faults));
        }

        return faults.Count == 0
            ? new GoldenReport(golden.Features.Rows, largest)
            : throw new BundleException(faults);
    }

    private static double Compare(
        GoldenRows golden, int goldenRow, PredictionBatch predictions, int row, string how, BundleFaults faults)
    {
        if (golden.Features.Signature.Classes is not { } classes)
        {
            var value = golden.Values[goldenRow];
            var difference = Math.Abs(predictions.Values[row] - value);
            var allowed = Tolerance * Math.Max(1, Math.Abs(value));
            Require(difference <= allowed, $"gave a value that differs from the trainer's by {difference:g3}");
            return difference;
        }

        var label = predictions.Labels[row];
        var trainers = golden.Labels[goldenRow];
        Require(label == trainers, $"gave '{classes.Names[label]}' where the trainer gave '{classes.Names[trainers]}'");
        var largest = 0.0;
        for (var i = 0; i < classes.Count; i++)
        {
            // Math.Max keeps a NaN, which then fails the comparison below.
            var expected = golden.Probabilities[(goldenRow * classes.Count) + i];
            largest = Math.Max(largest, Math.Abs(predictions.ProbabilitiesOf(row)[i] - expected));
        }

        Require(largest <= Tolerance, $"gave a probability that differs from the trainer's by {largest:g3}, more than {Tolerance:g1}");
        return largest;

        void Require(bool holds, string what)
        {
            if (!holds)
            {
                faults.Add(new BundleFault(GoldenRows.FileName, $"row {goldenRow + 1}", $"Scored {how}, it {what}."));
            }
        }
    }
}
