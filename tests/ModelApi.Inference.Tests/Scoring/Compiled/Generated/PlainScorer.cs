using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>Scores a generated model row by row, by a plain implementation of ONNX Runtime's rules.</summary>
/// <remarks>It shares nothing with the engines, as it never sees a graph.</remarks>
internal sealed class PlainScorer(Specimen specimen) : IScorer
{
    private readonly PlainEnsemble? _ensemble = specimen.Estimator is EnsembleEstimator ensemble ? new PlainEnsemble(ensemble) : null;

    // The version of LabelEncoder is that of the graph with the encoder.
    private readonly bool _nanIsAKey =
        (specimen.OneGraph ? specimen.Estimator.MlVersion : specimen.Blocks.Max(block => block.MlVersion)) >= 4;

    public string Engine => "plain";

    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        predictions.Resize(features.Rows);
        for (var row = 0; row < features.Rows; row++)
        {
            var columns = specimen.Blocks.SelectMany(block => Encode(block, features, row)).ToArray();
            var (label, values) = specimen.Estimator switch
            {
                SupportVectorEstimator vectors => vectors.Score(columns),
                NetworkEstimator network => network.Score(columns),
                LinearEstimator linear => PlainLinear.Score(linear, columns),
                _ => _ensemble!.Score(columns),
            };
            if (predictions.Signature.Classes is null)
            {
                predictions.Values[row] = values[0];
            }
            else
            {
                predictions.Labels[row] = label;
                values.CopyTo(predictions.Probabilities.Slice(row * values.Length, values.Length));
            }
        }
    }

    public void Dispose()
    {
    }

    private double[] Encode(EncoderBlock block, FeatureBatch features, int row)
    {
        switch (block)
        {
            case NumberBlock { Steps: [] } numbers when specimen.Estimator.InputType == TensorElementType.Double:
                return [.. numbers.Features.Select(feature => features.Numbers(feature)[row])];
            case NumberBlock numbers:
                var values = numbers.Features.Select(feature => (float)features.Numbers(feature)[row]).ToArray();
                return [.. numbers.Steps.Aggregate(values, Apply).Select(value => (double)value)];
            case CategoryBlock category:
                var known = Array.LastIndexOf(category.Categories, features.Texts(category.Feature)[row] ?? "");
                return category.Numbers is { } codes
                    ? [codes[known < 0 ? ^1 : known]]
                    : [.. category.Categories.Select((_, index) => index == known ? 1.0 : 0)];
            case TextBlock text:
                return [.. text.Encode(features.Texts(text.Feature)[row] ?? "").Select(value => (double)value)];
            case IntegerBlock integer:
                var number = features.Numbers(integer.Feature)[row];
                return integer.Categories is null
                    ? [(float)number]
                    : [.. integer.Categories.Select(value => !double.IsNaN(number) && value == (long)number ? 1.0 : 0)];
            default:
                throw new InvalidOperationException();
        }
    }

    private float[] Apply(float[] row, NumberStep step) => step switch
    {
        Impute impute => [.. row.Select((value, column) => IsReplaced(value, impute.Replaced)
            ? impute.Values[impute.Values.Length == row.Length ? column : 0]
            : value)],
        Normalize normalize => PlainLinear.Normalize(row, normalize.Norm),
        Binarize binarize => [.. row.Select(value => value > binarize.Threshold ? 1f : 0)],
        Recode recode => [.. row.Select(value => Recoded(recode, value))],
        Scale or Arithmetic or Select or Keep or Curve or Reduction =>
            [.. step.Map([.. row.Select(value => new[] { value })]).Select(column => column[0])],
        _ => throw new InvalidOperationException(),
    };

    private float Recoded(Recode recode, float value)
    {
        var index = float.IsNaN(value)
            ? _nanIsAKey ? Array.FindIndex(recode.Keys, float.IsNaN) : -1
            : Array.FindIndex(recode.Keys, key => key == value);
        return index < 0 ? recode.Otherwise : recode.Values[index];
    }

    private static bool IsReplaced(float value, float replaced) => (float.IsNaN(value) && float.IsNaN(replaced)) || value == replaced;
}
