using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Compares the answers of two engines.</summary>
internal static class EngineComparison
{
    /// <param name="rows">The rows that both score, at least one.</param>
    /// <param name="compiled">The compiled engine.</param>
    /// <param name="reference">ONNX Runtime, which is right.</param>
    /// <param name="kind">The name of the rows in the answer, such as "golden".</param>
    /// <param name="cancellationToken">Ends the comparison early.</param>
    /// <returns>The first difference in words, or null.</returns>
    public static string? FindDifference(
        FeatureBatch rows, IScorer compiled, IScorer reference, string kind, CancellationToken cancellationToken)
    {
        var (actual, expected) = (new PredictionBatch(rows.Signature), new PredictionBatch(rows.Signature));
        compiled.Score(rows, actual, cancellationToken);
        reference.Score(rows, expected, cancellationToken);
        for (var row = 0; row < rows.Rows; row++)
        {
            if (rows.Signature.Classes is { } classes && actual.Labels[row] != expected.Labels[row])
            {
                return $"compiled, it answers '{classes.Names[actual.Labels[row]]}' to {kind} row {row + 1} "
                    + $"and ONNX Runtime '{classes.Names[expected.Labels[row]]}'";
            }
        }

        var values = rows.Signature.Classes is null;
        var given = values ? actual.Values : actual.Probabilities;
        var due = values ? expected.Values : expected.Probabilities;
        for (var i = 0; i < given.Length; i++)
        {
            // Equals covers NaN and infinities, which have no difference.
            var tolerance = GoldenCheck.Tolerance * Math.Max(1, Math.Abs((double)due[i]));
            if (!given[i].Equals(due[i]) && !(Math.Abs((double)given[i] - due[i]) <= tolerance))
            {
                var row = 1 + (i * rows.Rows / given.Length);
                return FormattableString.Invariant($"compiled, it answers {given[i]:R} to {kind} row {row} and ONNX Runtime {due[i]:R}");
            }
        }

        return null;
    }
}
