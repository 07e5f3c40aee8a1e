using System.Globalization;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Scores rows with both engines and compares.</summary>
internal static class Sameness
{
    /// <summary>Makes the engine that is held to ONNX Runtime.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="reason">Why it is left to ONNX Runtime; null when it was compiled.</param>
    public static IScorer? Compile(Bundle bundle, out string? reason)
    {
        var compiled = CompiledScorer.TryCompile(bundle, out var why);
        reason = compiled is null ? why : null;
        return compiled;
    }

    /// <summary>Scores all rows at once, and some by themselves.</summary>
    /// <param name="specimen">The model and its rows.</param>
    /// <param name="reason">Why the model is left to ONNX Runtime; null when it was compiled.</param>
    /// <returns>The first difference, or null.</returns>
    public static string? FindDifference(Specimen specimen, out string? reason)
    {
        var bundle = specimen.ToBundle();

        // An engine may time itself on the golden rows when it is made.
        var rows = specimen.ToBatch(bundle.Manifest.Signature, ..Math.Min(8, specimen.Rows.Count));
        for (var row = 0; row < rows.Rows; row++)
        {
            rows.CopyRowTo(bundle.Golden.Features, row);
        }

        using var reference = new OnnxRuntimeScorer(bundle);
        using var compiled = Compile(bundle, out reason);
        return compiled is null
            ? null
            : FindDifference(
                specimen.ToBatch(bundle.Manifest.Signature), reference, compiled, specimen.Estimator.Floor, specimen.Estimator.MayRound);
    }

    /// <summary>Scores all rows at once, and some by themselves.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="reference">ONNX Runtime.</param>
    /// <param name="scorer">What is held to it.</param>
    /// <param name="floor">See <see cref="Estimator.Floor"/>.</param>
    /// <param name="mayRound">See <see cref="Estimator.MayRound"/>.</param>
    /// <returns>The first difference, or null.</returns>
    public static string? FindDifference(FeatureBatch rows, IScorer reference, IScorer scorer, double floor = 1e-7, bool mayRound = false)
    {
        var single = new[] { 0, rows.Rows / 2, rows.Rows - 1 }.Distinct().Select(row =>
        {
            var one = new FeatureBatch(rows.Signature);
            rows.CopyRowTo(one, row);
            return one;
        });
        foreach (var part in single.Prepend(rows))
        {
            var expected = new PredictionBatch(rows.Signature);
            var actual = new PredictionBatch(rows.Signature);
            reference.Score(part, expected, CancellationToken.None);
            scorer.Score(part, actual, CancellationToken.None);
            if (FindDifference(expected, actual, floor, mayRound) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? FindDifference(PredictionBatch expected, PredictionBatch actual, double floor, bool mayRound)
    {
        if (expected.Rows != actual.Rows)
        {
            return $"{actual.Rows} rows for {expected.Rows}.";
        }

        var classes = expected.Signature.Classes;
        var columns = classes?.Count ?? 1;
        var expectedValues = classes is null ? expected.Values : expected.Probabilities;
        var actualValues = classes is null ? actual.Values : actual.Probabilities;
        for (var i = 0; i < expectedValues.Length; i++)
        {
            if (!AreClose(expectedValues[i], actualValues[i], floor))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Row {i / columns} of {expected.Rows}, column {i % columns}: {actualValues[i]:R}, "
                    + $"ONNX Runtime answers {expectedValues[i]:R}.");
            }
        }

        for (var row = 0; row < expected.Labels.Length; row++)
        {
            var (due, given) = (expected.Labels[row], actual.Labels[row]);
            if (due != given && !(mayRound && AreNearlyTied(expected.ProbabilitiesOf(row), actual.ProbabilitiesOf(row), due, given, floor)))
            {
                return $"Row {row} of {expected.Rows}: class {given} where ONNX Runtime says {due}.";
            }
        }

        return null;
    }

    private static bool AreClose(float expected, float actual, double floor) =>
        expected.Equals(actual)
            || expected == actual
            || Math.Abs((double)expected - actual) <= (1e-6 * Math.Max(Math.Abs(expected), Math.Abs(actual))) + floor;

    // A tie that both see is no matter of rounding: the first class wins.
    private static bool AreNearlyTied(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int due, int given, double floor) =>
        Math.Abs((double)expected[due] - expected[given]) <= 4 * Math.Max(floor, 1e-7)
        && !(expected[due] == expected[given] && actual[due] == actual[given] && due < given);
}
