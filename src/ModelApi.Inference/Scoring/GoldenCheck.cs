using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Scoring;

/// <summary>Scores a bundle's golden rows and compares the answers with the trainer's.</summary>
public static class GoldenCheck
{
    // Rows that are also scored one by one. A few find a scorer that treats single rows differently.
    private const int MostSingle = 20;

    /// <summary>Scores all rows in one batch and then some of them one by one, which also warms the scorer up.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="golden">The golden rows of its bundle.</param>
    /// <param name="cancellationToken">Ends the check early.</param>
    /// <exception cref="BundleException">An answer differs from the trainer's by more than the model's tolerance.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static GoldenReport Run(IScorer scorer, GoldenRows golden, CancellationToken cancellationToken = default)
    {
        var comparison = new GoldenComparison(golden);
        var predictions = new PredictionBatch(golden.Features.Signature);
        Score(scorer, golden.Features, predictions, cancellationToken);
        for (var row = 0; row < golden.Features.Rows; row++)
        {
            comparison.Add(row, predictions, row, isAlone: false);
        }

        var single = new FeatureBatch(golden.Features.Signature);
        var singles = Math.Min(MostSingle, golden.Features.Rows);
        for (var i = 0; i < singles; i++)
        {
            var row = (int)((long)i * golden.Features.Rows / singles);
            single.Clear();
            golden.Features.CopyRowTo(single, row);
            Score(scorer, single, predictions, cancellationToken);
            comparison.Add(row, predictions, 0, isAlone: true);
        }

        return comparison.End();
    }

    private static void Score(IScorer scorer, FeatureBatch rows, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        try
        {
            scorer.Score(rows, predictions, cancellationToken);
        }
        catch (UnexpectedAnswerException exception)
        {
            throw new BundleException(
            [
                new BundleFault(
                    ManifestReader.FileName,
                    "$.outputs",
                    $"{exception.Message} Compare 'outputs', 'classes' and 'targets' with what the model returns."),
            ]);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new BundleException([new BundleFault("", "", $"ONNX Runtime cannot run it: {exception.Message}")]);
        }
    }

    /// <summary>As the other <c>Run</c>; of a failure, the likely causes are named by what the graphs contain.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="bundle">Its bundle.</param>
    /// <param name="cancellationToken">Ends the check early.</param>
    /// <exception cref="BundleException">An answer differs from the trainer's by more than the model's tolerance.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static GoldenReport Run(IScorer scorer, Bundle bundle, CancellationToken cancellationToken = default)
    {
        try
        {
            return Run(scorer, bundle.Golden, cancellationToken);
        }
        catch (BundleException exception) when (exception.Faults[0].File == GoldenRows.FileName)
        {
            var causes = LikelyCauses.Of(bundle).Select(cause => new BundleFault(GoldenRows.FileName, "", cause));
            throw new BundleException([exception.Faults[0], .. causes, .. exception.Faults.Skip(1)]);
        }
    }
}
