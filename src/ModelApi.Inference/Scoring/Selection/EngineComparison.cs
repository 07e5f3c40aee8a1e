using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Scoring.Selection;

/// <summary>Compares the answers of two engines.</summary>
internal static class EngineComparison
{
    /// <param name="rows">What both score, at least one row.</param>
    /// <param name="compiled">The one.</param>
    /// <param name="reference">The one that is right.</param>
    /// <param name="kind">What to call the rows.</param>
    /// <returns>The first difference in words, or null.</returns>
    public static string? FindDifference(FeatureBatch rows, IScorer compiled, IScorer reference, string kind)
    {
        var (actual, expected) = (new PredictionBatch(rows.Signature), new PredictionBatch(rows.Signature));
        compiled.Score(rows, actual, CancellationToken.None);
        reference.Score(rows, expected, CancellationToken.None);
        for (var row = 0; row < rows.Rows; row++)
        {
            if (rows.Signature.Classes is { } classes && actual.Labels[row] != expected.Labels[row])
            {
                return $"compiled, it answers '{classes.Names[actual.Labels[row]]}' to {kind} row {row + 1} and ONNX Runtime '{classes.Names[expected.Labels[row]]}'";
            }
        }

        var values = rows.Signature.Classes is null;
        var given = values ? actual.Values : actual.Probabilities;
        var due = values ? expected.Values : expected.Probabilities;
        for (var i = 0; i < given.Length; i++)
        {
            // Of the same kind where they are no finite numbers.
            if (!given[i].Equals(due[i]) && !(Math.Abs((double)given[i] - due[i]) <= GoldenCheck.Tolerance * Math.Max(1, Math.Abs((double)due[i]))))
            {
                return FormattableString.Invariant($"compiled, it answers {given[i]:R} to {kind} row {1 + (i * rows.Rows / given.Length)} and ONNX Runtime {due[i]:R}");
            }
        }

        return null;
    }
}
