using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Packing;

/// <summary>
/// Corrects the number of columns that a graph declares for an output. skl2onnx declares two for a RidgeClassifier of two classes, and
/// the graph gives one.
/// </summary>
internal static class DeclaredColumns
{
    /// <param name="content">A graph without faults.</param>
    /// <param name="outputs">The outputs to correct, with what they hold.</param>
    /// <returns>The graph; all but the declared columns is as it was.</returns>
    public static byte[] Correct(byte[] content, IEnumerable<ProbedOutput> outputs)
    {
        var model = OnnxModel.Parser.ParseFrom(content);
        foreach (var output in outputs)
        {
            model.Graph.Output.First(declared => declared.Name == output.Name).Type.TensorType.Shape.Dim[1] =
                new OnnxDimension { DimValue = output.Columns };
        }

        return model.ToByteArray();
    }
}
