using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring;

/// <summary>The labels of a model that answers with numbers alone, such as a network that ends in a softmax.</summary>
/// <remarks>
/// The class of the largest number, the cluster of the smallest distance. A single decision value means the second class above 0, and an
/// outlier below 0. Of several targets, each has its second class above a probability of 0.5, or a decision value of 0.
/// </remarks>
internal static class DerivedLabels
{
    /// <summary>Writes the labels of rows whose numbers are written.</summary>
    public static void Write(PredictionBatch predictions, int firstRow, int rows)
    {
        var answer = predictions.Signature.Answer;
        var labels = predictions.Labels.Slice(firstRow * answer.LabelColumns, rows * answer.LabelColumns);
        var isOutlierDetection = predictions.Signature.Task == ModelTask.OutlierDetection;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = firstRow + (i / answer.LabelColumns);
            if (answer.LabelColumns > 1)
            {
                var half = answer.Numbers == NumberKind.Probabilities ? 0.5 : 0;
                labels[i] = predictions.Number(row, i % answer.LabelColumns) > half ? 1 : 0;
            }
            else if (answer.NumberColumns == 1)
            {
                var score = predictions.Number(row, 0);
                labels[i] = score > 0 || (isOutlierDetection && score == 0) ? 1 : 0;
            }
            else
            {
                labels[i] = Best(predictions, row, answer);
            }
        }
    }

    private static int Best(PredictionBatch predictions, int row, AnswerShape answer)
    {
        var sign = answer.Numbers == NumberKind.Distances ? -1 : 1;
        var best = 0;
        for (var i = 1; i < answer.NumberColumns; i++)
        {
            best = sign * predictions.Number(row, i) > sign * predictions.Number(row, best) ? i : best;
        }

        return best;
    }
}
