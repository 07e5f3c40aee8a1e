using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Drift;

/// <summary>The training-time distribution of each feature and of the score: the baseline for drift.</summary>
public sealed record Reference
{
    /// <summary>Number of training rows.</summary>
    public required int Rows { get; init; }

    /// <summary>
    /// The distribution of each feature, by name. Free text is binned by its length in characters, and a tensor by the mean of its numbers.
    /// </summary>
    public required IReadOnlyDictionary<string, Histogram> Features { get; init; }

    /// <summary>How often each class was predicted. Null where numbers are predicted, or several classes.</summary>
    public Histogram? Prediction { get; init; }

    /// <summary>
    /// The distribution of the score: the probability of the second of two classes, or of the predicted one of several; for a
    /// regression the predicted value; of several targets, the number of the first. Null for labels alone.
    /// </summary>
    public Histogram? Score { get; init; }

    /// <summary>Counts rows and a scorer's answers to them.</summary>
    public static Reference Of(FeatureBatch features, PredictionBatch predictions)
    {
        var signature = features.Signature;
        return new Reference
        {
            Rows = features.Rows,
            Features = signature.Features.Select((feature, index) => (feature.Name, Histogram: Of(feature, index, features)))
                .ToDictionary(item => item.Name, item => item.Histogram, StringComparer.Ordinal),
            Prediction = signature is { Classes: { } classes, Answer.LabelColumns: 1 }
                ? Histogram.OfCategories(
                    classes.Names, Array.ConvertAll(predictions.Labels.ToArray(), label => (string?)classes.Names[label]))
                : null,
            Score = signature.Answer.NumberColumns > 0 ? Histogram.OfNumbers(Scores(predictions)) : null,
        };
    }

    private static Histogram Of(Feature feature, int index, FeatureBatch features)
    {
        if (feature.Type == FeatureType.Tensor)
        {
            var means = Enumerable.Range(0, features.Rows).Select(row => Mean(features.Tensor(row, index)));
            return Histogram.OfNumbers(means.ToArray());
        }

        if (feature.Type != FeatureType.String)
        {
            return Histogram.OfNumbers(features.Numbers(index));
        }

        var texts = features.Texts(index);
        return feature.Categories is { } categories
            ? Histogram.OfCategories(categories.Names, texts)
            : Histogram.OfNumbers(texts.ToArray().Select(text => text?.Length ?? double.NaN).ToArray());
    }

    private static double Mean(ReadOnlySpan<double> numbers)
    {
        var sum = 0.0;
        foreach (var number in numbers)
        {
            sum += number;
        }

        return sum / numbers.Length;
    }

    private static double[] Scores(PredictionBatch predictions)
    {
        var answer = predictions.Signature.Answer;
        var scores = new double[predictions.Rows];
        for (var row = 0; row < scores.Length; row++)
        {
            var column = answer.LabelColumns != 1 || answer.NumberColumns == 1 ? 0
                : answer.NumberColumns == 2 ? 1
                : predictions.LabelsOf(row)[0];
            scores[row] = predictions.Number(row, column);
        }

        return scores;
    }
}
