using Google.Protobuf;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Tests.Fixtures;

/// <summary>Graphs of one number <c>x</c> and one number <c>value</c> that ONNX Runtime accepts and cannot run to their end.</summary>
internal static class HostileGraphs
{
    private const int Float = 1;
    private const int Long = 7;
    private const int Bool = 9;

    /// <summary>A loop of 2^62 steps that adds nothing.</summary>
    public static byte[] Endless() => Loop(
        steps: 1L << 62,
        Node("Identity", ["state_in"], ["state_out"]));

    /// <summary>A loop that doubles its value in length with each of 40 steps, to 4 TB.</summary>
    public static byte[] Growing() => Loop(
        steps: 40,
        Node("Concat", ["state_in", "state_in"], ["state_out"], ("axis", 0)));

    /// <summary>One operator that makes a tensor of that many bytes out of the row.</summary>
    public static byte[] Huge(long bytes)
    {
        var graph = Graph();

        // Computed, because a constant would be refused before the graph is loaded.
        graph.Initializer.Add(Numbers("half", [bytes / sizeof(float) / 2]));
        graph.Node.Add(Node("Add", ["half", "half"], ["shape"]));
        graph.Initializer.Add(Numbers("rows", [-1, 1]));
        graph.Node.Add(Node("Reshape", ["x", "one"], ["flat"]));
        graph.Initializer.Add(Numbers("one", [1]));
        graph.Node.Add(Node("Expand", ["flat", "shape"], ["many"]));
        graph.Node.Add(Node("ReduceMax", ["many"], ["most"], ("keepdims", 0)));
        graph.Node.Add(Node("Reshape", ["most", "rows"], ["value"]));
        return Model(graph);
    }

    private static byte[] Loop(long steps, OnnxNode step)
    {
        var body = new OnnxGraph { Name = "body" };
        body.Node.Add(Node("Identity", ["going_in"], ["going_out"]));
        body.Node.Add(step);
        body.Input.AddRange([Scalar("index", Long), Scalar("going_in", Bool), Value("state_in", Float)]);
        body.Output.AddRange([Scalar("going_out", Bool), Value("state_out", Float)]);

        var graph = Graph();
        var count = Numbers("steps", [steps]);
        count.Dims.Clear();
        var going = new OnnxTensor { Name = "going", DataType = Bool };
        going.Int32Data.Add(1);
        graph.Initializer.AddRange([count, going, Numbers("shape", [-1, 1])]);
        var loop = Node("Loop", ["steps", "going", "x"], ["state"]);
        loop.Attribute.Add(new OnnxAttribute { Name = "body", G = body, Type = 5 }.ToByteString());
        graph.Node.Add(loop);
        graph.Node.Add(Node("Reshape", ["state", "shape"], ["value"]));
        return Model(graph);
    }

    private static OnnxGraph Graph()
    {
        var graph = new OnnxGraph { Name = "hostile" };
        graph.Input.Add(Value("x", Float, "N", 1));
        graph.Output.Add(Value("value", Float, "N", 1));
        return graph;
    }

    private static byte[] Model(OnnxGraph graph)
    {
        var model = new OnnxModel { IrVersion = 8, ProducerName = "tests", Graph = graph };
        model.OpsetImport.Add(new OnnxOpset { Domain = "", Version = 17 });
        return model.ToByteArray();
    }

    private static OnnxNode Node(string type, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes)
    {
        var node = new OnnxNode { OpType = type };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        foreach (var (name, value) in attributes)
        {
            node.Attribute.Add(new OnnxAttribute { Name = name, I = value, Type = 2 }.ToByteString());
        }

        return node;
    }

    private static OnnxTensor Numbers(string name, long[] values)
    {
        var tensor = new OnnxTensor { Name = name, DataType = Long };
        tensor.Dims.Add(values.Length);
        tensor.Int64Data.AddRange(values);
        return tensor;
    }

    private static OnnxValueInfo Scalar(string name, int type)
    {
        var value = Value(name, type);
        value.Type.TensorType.Shape = new OnnxShape();
        return value;
    }

    // Without dimensions, the shape is not declared.
    private static OnnxValueInfo Value(string name, int type, params object[] dimensions)
    {
        var tensor = new OnnxTensorType { ElemType = type };
        if (dimensions.Length > 0)
        {
            tensor.Shape = new OnnxShape();
            tensor.Shape.Dim.AddRange(dimensions.Select(dimension => dimension is string symbol
                ? new OnnxDimension { DimParam = symbol }
                : new OnnxDimension { DimValue = (int)dimension }));
        }

        return new OnnxValueInfo { Name = name, Type = new OnnxType { TensorType = tensor } };
    }
}
