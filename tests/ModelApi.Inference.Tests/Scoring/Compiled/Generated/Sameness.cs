using System.Globalization;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Scores rows with both engines and compares.</summary>
internal static class Sameness
{
    // The one place that knows which engine is held to ONNX Runtime.
    private static IScorer? Compile(Bundle bundle, out string? reason)
    {
        reason = null;
        return (IScorer?)ForestScorer.TryCreate(bundle) ?? new OnnxRuntimeScorer(bundle);
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
        return compiled is null ? null : FindDifference(specimen, bundle.Manifest.Signature, reference, compiled);
    }

    /// <inheritdoc cref="FindDifference(Specimen, out string?)"/>
    public static string? FindDifference(Specimen specimen, Signature signature, IScorer reference, IScorer scorer)
    {
        var count = specimen.Rows.Count;
        Range[] parts = [Range.All, Range.EndAt(1), (count / 2)..((count / 2) + 1), Range.StartAt(count - 1)];
        return parts.Distinct().Select(part => FindDifference(specimen, specimen.ToBatch(signature, part), reference, scorer)).FirstOrDefault(found => found is not null);
    }

    private static string? FindDifference(Specimen specimen, FeatureBatch rows, IScorer reference, IScorer scorer)
    {
        var expected = new PredictionBatch(rows.Signature);
        var actual = new PredictionBatch(rows.Signature);
        reference.Score(rows, expected, CancellationToken.None);
        scorer.Score(rows, actual, CancellationToken.None);
        return FindDifference(specimen.Estimator, expected, actual);
    }

    private static string? FindDifference(Estimator estimator, PredictionBatch expected, PredictionBatch actual)
    {
        if (expected.Rows != actual.Rows)
        {
            return $"{actual.Rows} rows for {expected.Rows}.";
        }

        var columns = estimator.Classes?.Count ?? 1;
        var expectedValues = estimator.Classes is null ? expected.Values : expected.Probabilities;
        var actualValues = estimator.Classes is null ? actual.Values : actual.Probabilities;
        for (var i = 0; i < expectedValues.Length; i++)
        {
            if (!AreClose(expectedValues[i], actualValues[i], estimator.Floor))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Row {i / columns} of {expected.Rows}, column {i % columns}: {actualValues[i]:R} where ONNX Runtime says {expectedValues[i]:R}.");
            }
        }

        for (var row = 0; row < expected.Labels.Length; row++)
        {
            var (due, given) = (expected.Labels[row], actual.Labels[row]);
            var values = expected.ProbabilitiesOf(row);
            if (due != given && !(estimator is LinearEstimator && AreNearlyTied(values[due], values[given], estimator.Floor)))
            {
                return $"Row {row} of {expected.Rows}: class {given} where ONNX Runtime says {due}.";
            }
        }

        return null;
    }

    private static bool AreClose(float expected, float actual, double floor) =>
        expected.Equals(actual) || expected == actual || Math.Abs((double)expected - actual) <= (1e-6 * Math.Max(Math.Abs(expected), Math.Abs(actual))) + floor;

    // The sums of a linear model differ by their order of adding, in ONNX Runtime from one number of rows to another.
    private static bool AreNearlyTied(float due, float given, double floor) => Math.Abs((double)due - given) <= 4 * floor;
}
