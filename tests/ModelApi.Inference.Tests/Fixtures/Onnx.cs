using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Changes ONNX files.</summary>
internal static class Onnx
{
    /// <summary>Adds a float tensor of three elements whose data lie in another file.</summary>
    public static byte[] WithExternalData(byte[] model, string location)
    {
        var parsed = OnnxModel.Parser.ParseFrom(model);
        parsed.Graph.Initializer.Add(ExternalTensor(location));
        return parsed.ToByteArray();
    }

    /// <summary>The same, with the tensor as an attribute of a node in a nested graph.</summary>
    public static byte[] WithNestedExternalData(byte[] model, string location)
    {
        var parsed = OnnxModel.Parser.ParseFrom(model);
        var inner = new OnnxNode { OpType = "Constant" };
        inner.Attribute.Add(new OnnxAttribute { Name = "value", T = ExternalTensor(location) }.ToByteString());
        var graph = new OnnxGraph();
        graph.Node.Add(inner);
        var outer = new OnnxNode { OpType = "If" };
        outer.Attribute.Add(new OnnxAttribute { Name = "then_branch", G = graph }.ToByteString());
        parsed.Graph.Node.Add(outer);
        return parsed.ToByteArray();
    }

    /// <summary>Renames the operator of the first node to one that nobody knows.</summary>
    public static byte[] WithUnknownOperator(byte[] model)
    {
        var parsed = OnnxModel.Parser.ParseFrom(model);
        parsed.Graph.Node[0].OpType = "NoSuchOperator";
        return parsed.ToByteArray();
    }

    /// <summary>Takes the declared shape from each output.</summary>
    public static byte[] WithoutOutputShapes(byte[] model)
    {
        var parsed = OnnxModel.Parser.ParseFrom(model);
        foreach (var output in parsed.Graph.Output)
        {
            output.Type.TensorType.Shape = null;
        }

        return parsed.ToByteArray();
    }

    private static OnnxTensor ExternalTensor(string location)
    {
        var tensor = new OnnxTensor { Name = "outside", DataType = 1, DataLocation = 1 };
        tensor.Dims.Add(3);
        tensor.ExternalData.Add(new OnnxEntry { Key = "location", Value = location });
        return tensor;
    }
}
