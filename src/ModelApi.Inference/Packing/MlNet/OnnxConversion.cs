using Microsoft.ML;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.MlNet;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>Converts a pipeline to ONNX where ML.NET can.</summary>
internal static class OnnxConversion
{
    /// <param name="model">The pipeline.</param>
    /// <param name="sources">By column of its input, the features that feed it.</param>
    /// <param name="features">Rows; only their columns matter.</param>
    /// <param name="outputs">The columns of the answer.</param>
    /// <returns>The graph, or why there is none: a clause for people.</returns>
    public static (byte[]? Graph, string Reason) TryConvert(
        MlNetModel model, IReadOnlyList<IReadOnlyList<int>> sources, FeatureBatch features, IReadOnlyList<string> outputs)
    {
        try
        {
            using var graph = new MemoryStream();
            model.Context.Model.ConvertToOnnx(model.Transformer, new FeatureView(model.InputSchema, sources, features), graph);
            return GraphPruner.Prune(graph.ToArray(), outputs) is { } pruned
                ? (pruned, "")
                : (null, "ConvertToOnnx leaves out the answer, because a step before it has no ONNX form");
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // Any exception: a step that cannot be converted shows only in those that need its columns.
            var message = exception.GetBaseException().Message.Split('\n')[0].TrimEnd('.', '\r');
            return (null, exception switch
            {
                KeyNotFoundException when message.Split('\'') is [_, var column, ..] =>
                    $"ConvertToOnnx cannot make column '{column}': the step that makes it has no ONNX form",
                InvalidOperationException => "ConvertToOnnx cannot convert it: a step or the trainer has no ONNX form",
                _ => $"ConvertToOnnx fails ({message})",
            });
        }
    }
}
