using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

/// <summary>Writes an ONNX graph, node after node.</summary>
/// <param name="opset">The version of the plain operators.</param>
/// <param name="ml">The version of the operators of <c>ai.onnx.ml</c>.</param>
internal sealed class GraphWriter(int opset = 17, int ml = 3)
{
    private const string MlDomain = "ai.onnx.ml";
    private const string MicrosoftDomain = "com.microsoft";

    private static readonly HashSet<string> MlOperators =
    [
        "ArrayFeatureExtractor", "Binarizer", "FeatureVectorizer", "Imputer", "LabelEncoder", "LinearClassifier", "LinearRegressor",
        "Normalizer", "OneHotEncoder", "SVMClassifier", "SVMRegressor", "Scaler", "TreeEnsemble",
        "TreeEnsembleClassifier", "TreeEnsembleRegressor", "ZipMap",
    ];

    private readonly OnnxGraph _graph = new() { Name = "test" };

    /// <summary>The version of the plain operators.</summary>
    public int Opset { get; } = opset;

    private int _names;

    /// <summary>Declares an input of N rows.</summary>
    /// <param name="name">The name of the input.</param>
    /// <param name="type">The element type.</param>
    /// <param name="columns">Null for a tensor <c>[N]</c>.</param>
    public string Input(string name, TensorElementType type, int? columns = 1)
    {
        _graph.Input.Add(Value(name, type, columns));
        return name;
    }

    /// <summary>Declares an input of any shape; null is a dimension with a name, and no shape at all leaves it open.</summary>
    public string InputOf(string name, TensorElementType type, params long?[]? shape)
    {
        var value = new OnnxValueInfo { Name = name, Type = Tensor(type) };
        if (shape is not null)
        {
            value.Type.TensorType.Shape = new OnnxShape();
            value.Type.TensorType.Shape.Dim.AddRange(shape.Select((length, index) =>
                length is { } known ? new OnnxDimension { DimValue = known } : new OnnxDimension { DimParam = $"d{index}" }));
        }

        _graph.Input.Add(value);
        return name;
    }

    /// <summary>Gives a value the name of an output.</summary>
    public void Output(string value, string name, TensorElementType type, int? columns)
    {
        Node("Identity", [value], [name]);
        _graph.Output.Add(Value(name, type, columns));
    }

    /// <summary>Declares an output that is a sequence of maps from class to probability.</summary>
    public void OutputMaps(string value, TensorElementType key)
    {
        var map = new OnnxMapType { KeyType = (int)key, ValueType = Tensor(TensorElementType.Float) };
        _graph.Output.Add(
            new OnnxValueInfo { Name = value, Type = new OnnxType { SequenceType = new() { ElemType = new() { MapType = map } } } });
    }

    public string Constant(float[] values, params long[] shape)
    {
        var tensor = Add(TensorElementType.Float, shape, values.Length);
        tensor.FloatData.AddRange(values);
        return tensor.Name;
    }

    public string Constant(long[] values, params long[] shape)
    {
        var tensor = Add(TensorElementType.Int64, shape, values.Length);
        tensor.Int64Data.AddRange(values);
        return tensor.Name;
    }

    public string Constant(string[] values, params long[] shape)
    {
        var tensor = Add(TensorElementType.String, shape, values.Length);
        tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        return tensor.Name;
    }

    /// <summary>One number.</summary>
    public string Int32(int value)
    {
        var tensor = new OnnxTensor { Name = NewName(), DataType = (int)TensorElementType.Int32, Int32Data = { value } };
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A tensor for an attribute.</summary>
    public static OnnxTensor Doubles(IEnumerable<double> values)
    {
        var tensor = new OnnxTensor { Name = "values", DataType = (int)TensorElementType.Double };
        tensor.DoubleData.AddRange(values);
        tensor.Dims.Add(tensor.DoubleData.Count);
        return tensor;
    }

    /// <inheritdoc cref="Doubles"/>
    public static OnnxTensor Floats(IEnumerable<double> values)
    {
        var tensor = new OnnxTensor { Name = "values", DataType = (int)TensorElementType.Float };
        tensor.FloatData.AddRange(values.Select(value => (float)value));
        tensor.Dims.Add(tensor.FloatData.Count);
        return tensor;
    }

    /// <inheritdoc cref="Doubles"/>
    public static OnnxTensor Bytes(IEnumerable<int> values)
    {
        var tensor = new OnnxTensor { Name = "values", DataType = (int)TensorElementType.UInt8 };
        tensor.Int32Data.AddRange(values);
        tensor.Dims.Add(tensor.Int32Data.Count);
        return tensor;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <returns>The name of the output.</returns>
    public string Add(string type, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var output = NewName();
        Node(type, inputs, [output], attributes);
        return output;
    }

    /// <summary>Adds a node with one input and one output.</summary>
    public string Add(string type, string input, params (string Name, object Value)[] attributes) => Add(type, [input], attributes);

    /// <summary>Adds a node with two outputs.</summary>
    public (string First, string Second) AddTwo(string type, string input, params (string Name, object Value)[] attributes)
    {
        var outputs = (NewName(), NewName());
        Node(type, [input], [outputs.Item1, outputs.Item2], attributes);
        return outputs;
    }

    public byte[] ToBytes()
    {
        var model = new OnnxModel { IrVersion = 8, ProducerName = "tests", Graph = _graph };
        model.OpsetImport.Add(new OnnxOpset { Domain = "", Version = Opset });
        model.OpsetImport.Add(new OnnxOpset { Domain = MlDomain, Version = ml });
        model.OpsetImport.Add(new OnnxOpset { Domain = MicrosoftDomain, Version = 1 });
        return model.ToByteArray();
    }

    private static OnnxValueInfo Value(string name, TensorElementType type, int? columns)
    {
        var value = new OnnxValueInfo { Name = name, Type = Tensor(type) };
        var shape = new OnnxShape();
        shape.Dim.Add(new OnnxDimension { DimParam = "N" });
        if (columns is { } width)
        {
            shape.Dim.Add(new OnnxDimension { DimValue = width });
        }

        value.Type.TensorType.Shape = shape;
        return value;
    }

    private static OnnxType Tensor(TensorElementType type) => new() { TensorType = new() { ElemType = (int)type } };

    private OnnxTensor Add(TensorElementType type, long[] shape, int length)
    {
        var tensor = new OnnxTensor { Name = NewName(), DataType = (int)type };
        tensor.Dims.AddRange(shape.Length == 0 ? [length] : shape);
        _graph.Initializer.Add(tensor);
        return tensor;
    }

    private void Node(string type, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var domain = MlOperators.Contains(type) ? MlDomain : type is "Tokenizer" or "ExpandDims" ? MicrosoftDomain : "";
        var node = new OnnxNode { OpType = type, Domain = domain };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(attribute => ToAttribute(attribute.Name, attribute.Value).ToByteString()));
        _graph.Node.Add(node);
    }

    // The numbers are those of AttributeProto.AttributeType.
    private static OnnxAttribute ToAttribute(string name, object value)
    {
        var attribute = new OnnxAttribute { Name = name };
        switch (value)
        {
            case float number:
                (attribute.F, attribute.Type) = (number, 1);
                break;
            case int number:
                (attribute.I, attribute.Type) = (number, 2);
                break;
            case long number:
                (attribute.I, attribute.Type) = (number, 2);
                break;
            case string text:
                (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), 3);
                break;
            case OnnxTensor tensor:
                (attribute.T, attribute.Type) = (tensor, 4);
                break;
            case IEnumerable<float> numbers:
                attribute.Floats.AddRange(numbers);
                attribute.Type = 6;
                break;
            case IEnumerable<long> numbers:
                attribute.Ints.AddRange(numbers);
                attribute.Type = 7;
                break;
            case IEnumerable<string> texts:
                attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                attribute.Type = 8;
                break;
            default:
                throw new ArgumentException($"No attribute is a {value.GetType()}.", nameof(value));
        }

        return attribute;
    }

    private string NewName() => $"v{_names++}";
}
