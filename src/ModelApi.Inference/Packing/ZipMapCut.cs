using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Packing;

/// <summary>
/// Cuts ZipMap out of a graph. By default, skl2onnx ends classifiers with it: it makes a map for each row of the tensor of probabilities.
/// </summary>
internal static class ZipMapCut
{
    private const int FloatTensor = 1;

    /// <summary>The graph with the tensors in the place of the maps, under the same names.</summary>
    /// <param name="content">A graph without faults.</param>
    /// <param name="outputs">The names of the outputs that were maps.</param>
    /// <returns>Null when no output is made by ZipMap.</returns>
    public static byte[]? Cut(byte[] content, out IReadOnlyList<string> outputs)
    {
        // All other fields stay as they are, also those that this program does not know.
        var model = OnnxModel.Parser.ParseFrom(content);
        var cut = new List<string>();
        foreach (var node in model.Graph.Node)
        {
            if (node is not { OpType: "ZipMap", Domain: "ai.onnx.ml", Input.Count: 1, Output: [var name] }
                || model.Graph.Output.FirstOrDefault(output => output.Name == name) is not { } output)
            {
                continue;
            }

            output.Type = TensorOf(ClassesOf(node));
            node.OpType = "Identity";
            node.ClearDomain();
            node.Attribute.Clear();
            cut.Add(name);
        }

        outputs = cut;
        if (cut.Count == 0)
        {
            return null;
        }

        if (!model.OpsetImport.Any(opset => opset.Domain.Length == 0))
        {
            model.OpsetImport.Add(new OnnxOpset { Domain = "", Version = 13 });
        }

        return model.ToByteArray();
    }

    private static int ClassesOf(OnnxNode node) => node.Attribute
        .Select(OnnxAttribute.Parser.WithDiscardUnknownFields(true).ParseFrom)
        .Select(attribute => attribute.Name switch
        {
            "classlabels_int64s" => attribute.Ints.Count,
            "classlabels_strings" => attribute.Strings.Count,
            _ => 0,
        })
        .DefaultIfEmpty(0)
        .Max();

    private static OnnxType TensorOf(int columns) => new()
    {
        TensorType = new OnnxTensorType
        {
            ElemType = FloatTensor,
            Shape = new OnnxShape { Dim = { new OnnxDimension { DimParam = "N" }, new OnnxDimension { DimValue = columns } } },
        },
    };
}
