using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Reads outputs that are returned as they are.</summary>
internal static class OtherReader
{
    /// <param name="output">The tensor.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="predictions">The answers to the whole batch.</param>
    /// <param name="index">The place of the output among the others.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="rows">How many rows the tensor has.</param>
    /// <exception cref="UnexpectedAnswerException">The tensor does not have as many values for each row.</exception>
    public static void Read(BoundTensor output, TensorElementType type, PredictionBatch predictions, int index, int firstRow, int rows)
    {
        var values = predictions.Others[index];
        var width = output.Count / rows;
        if (width * rows != output.Count || (values.Output.Width ?? width) != width || (firstRow > 0 && values.Width != width))
        {
            throw new UnexpectedAnswerException(
                $"The graph answered {output.Count} values of '{values.Output.Name}' to {rows} rows, which are not as many to each.");
        }

        values.Resize(predictions.Rows, width);
        var (start, count) = (firstRow * width, rows * width);
        switch (values.Output.Kind)
        {
            case OtherKind.Float:
                Tensors.Convert(output, type, values.Floats.Slice(start, count));
                break;
            case OtherKind.Double:
                Tensors.Convert(output, type, values.Doubles.Slice(start, count));
                break;
            case OtherKind.Text:
                for (var i = 0; i < count; i++)
                {
                    values.Texts[start + i] = output.Value.GetStringElement(i);
                }

                break;
            default:
                Tensors.Convert(output, type, values.Integers.Slice(start, count));
                break;
        }
    }
}
