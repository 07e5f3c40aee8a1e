using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Compares the answers of two engines.</summary>
internal static class EngineComparison
{
    /// <param name="rows">The rows that both score, at least one.</param>
    /// <param name="golden">The golden rows, which tell how far numbers may differ.</param>
    /// <param name="compiled">The compiled engine.</param>
    /// <param name="reference">ONNX Runtime, which is right.</param>
    /// <param name="kind">The name of the rows in the answer, such as "golden".</param>
    /// <param name="cancellationToken">Ends the comparison early.</param>
    /// <returns>The first difference in words, or null.</returns>
    public static string? FindDifference(
        FeatureBatch rows, GoldenRows golden, IScorer compiled, IScorer reference, string kind, CancellationToken cancellationToken)
    {
        var (actual, expected) = (new PredictionBatch(rows.Signature), new PredictionBatch(rows.Signature));
        compiled.Score(rows, actual, cancellationToken);
        reference.Score(rows, expected, cancellationToken);
        var answer = rows.Signature.Answer;
        for (var i = 0; i < actual.Labels.Length; i++)
        {
            var (given, due) = (actual.Labels[i], expected.Labels[i]);
            var row = i / answer.LabelColumns;
            if (given != due && !AreTied(expected, golden, row, i % answer.LabelColumns, given, due))
            {
                var names = rows.Signature.Classes!.Names;
                return $"compiled, it answers '{names[given]}' to {kind} row {row + 1} and ONNX Runtime '{names[due]}'";
            }
        }

        for (var row = 0; row < rows.Rows; row++)
        {
            for (var column = 0; column < answer.NumberColumns; column++)
            {
                // Equals covers NaN and infinities, which have no difference.
                var (given, due) = (actual.Number(row, column), expected.Number(row, column));
                if (!given.Equals(due) && !(Math.Abs(given - due) <= Allowed(golden, column, due)))
                {
                    return FormattableString.Invariant(
                        $"compiled, it answers {given:g7} to {kind} row {row + 1} and ONNX Runtime {due:g7}");
                }
            }
        }

        return null;
    }

    // Drawn rows may lie farther out than the golden ones, on a scale of their own.
    private static double Allowed(GoldenRows golden, int column, double due) =>
        Math.Max(golden.Allowed[column], golden.Tolerance.Share * Math.Abs(due));

    private static bool AreTied(PredictionBatch expected, GoldenRows golden, int row, int column, int given, int due)
    {
        var answer = expected.Signature.Answer;
        if (answer.NumberColumns == 0)
        {
            return false;
        }

        if (answer.LabelColumns > 1 || answer.NumberColumns == 1)
        {
            var half = answer.Numbers == NumberKind.Probabilities ? 0.5 : 0;
            return Math.Abs(expected.Number(row, column) - half) <= golden.Allowed[column];
        }

        var (one, other) = (expected.Number(row, given), expected.Number(row, due));
        return Math.Abs(one - other) <= Allowed(golden, given, one);
    }
}
