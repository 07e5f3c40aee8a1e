using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Benchmarks.Generated;

/// <summary>Writes an ONNX graph with one input of floats, a label and probabilities.</summary>
internal sealed class GraphFile
{
    private const int Float = 1;
    private const int Text = 8;

    private readonly OnnxGraph _graph = new() { Name = "generated" };

    public GraphFile(int features, int classes)
    {
        _graph.Input.Add(Tensor("features", Float, features));
        _graph.Output.Add([Tensor("label", Text), Tensor("probabilities", Float, classes)]);
    }

    public void Constant(string name, float[] values, params long[] shape)
    {
        var tensor = new OnnxTensor { Name = name, DataType = Float };
        tensor.FloatData.AddRange(values);
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
    }

    public void Constant(string name, string[] values)
    {
        var tensor = new OnnxTensor { Name = name, DataType = Text };
        tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        tensor.Dims.Add(values.Length);
        _graph.Initializer.Add(tensor);
    }

    public void Node(string domain, string type, string[] inputs, string[] outputs, params OnnxAttribute[] attributes)
    {
        var node = new OnnxNode { OpType = type, Domain = domain };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        node.Attribute.Add(attributes.Select(attribute => attribute.ToByteString()));
        _graph.Node.Add(node);
    }

    public byte[] ToBytes()
    {
        var model = new OnnxModel { IrVersion = 8, ProducerName = "ModelApi.Benchmarks", Graph = _graph };
        model.OpsetImport.Add([new OnnxOpset { Domain = "", Version = 17 }, new OnnxOpset { Domain = "ai.onnx.ml", Version = 1 }]);
        return model.ToByteArray();
    }

    public static OnnxAttribute Int(string name, long value) => new() { Name = name, Type = 2, I = value };

    public static OnnxAttribute Word(string name, string value) => new() { Name = name, Type = 3, S = ByteString.CopyFromUtf8(value) };

    public static OnnxAttribute Floats(string name, IEnumerable<float> values)
    {
        var attribute = new OnnxAttribute { Name = name, Type = 6 };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    public static OnnxAttribute Ints(string name, IEnumerable<long> values)
    {
        var attribute = new OnnxAttribute { Name = name, Type = 7 };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static OnnxAttribute Texts(string name, IEnumerable<string> values)
    {
        var attribute = new OnnxAttribute { Name = name, Type = 8 };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    private static OnnxValueInfo Tensor(string name, int type, params int[] columns)
    {
        var shape = new OnnxShape();
        shape.Dim.Add(new OnnxDimension { DimParam = "N" });
        shape.Dim.AddRange(columns.Select(column => new OnnxDimension { DimValue = column }));
        return new OnnxValueInfo
        {
            Name = name,
            Type = new OnnxType { TensorType = new OnnxTensorType { ElemType = type, Shape = shape } },
        };
    }
}
