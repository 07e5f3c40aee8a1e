using ModelApi.Inference.Bundles.Graphs;

namespace ModelApi.Inference.Bundles;

/// <summary>Checks the tensors of a graph, and how large the values are that are not in its file.</summary>
internal sealed class TensorChecker(string file, BundleLimits limits, BundleFaults faults)
{
    // Larger constants are data rather than shapes.
    private const int LongestShape = 64;

    // Most values are 32-bit floats.
    private const int BytesPerElement = 4;

    private double _expandedBytes;

    /// <summary>Checks a SparseTensorProto.</summary>
    /// <returns>The name of its values.</returns>
    public string CheckSparse(ProtobufReader fields)
    {
        var name = "";
        var elements = 1.0;
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 1: // values
                    name = Check(fields.Message).Name;
                    break;
                case 2: // indices
                    Check(fields.Message);
                    break;
                case 3: // dims
                    List<long> dimensions = fields.IsNumber ? [fields.Number] : ProtobufReader.ReadIntegers(fields.Content.Span);
                    dimensions.ForEach(dimension => elements *= dimension);
                    break;
            }
        }

        Expand(elements);
        return name;
    }

    /// <summary>Checks a TensorProto, and reports what is wrong with it.</summary>
    /// <exception cref="InvalidDataException">This is no protobuf message.</exception>
    public TensorReader Check(ProtobufReader fields)
    {
        var tensor = TensorReader.Read(fields);
        try
        {
            if (tensor.IsExternal)
            {
                throw new InvalidDataException(
                    "its data lie in another file; save the model with its weights inside "
                        + "(onnx.save(model, path), or torch.onnx.export(…, external_data=False)).");
            }

            tensor.Check();
        }
        catch (InvalidDataException exception)
        {
            faults.Add(new BundleFault(file, $"tensor '{tensor.Name}'", $"Not a valid tensor: {exception.Message}"));
        }

        return tensor;
    }

    /// <summary>Keeps a small constant, from which the size of another value may follow.</summary>
    public static void AddConstant(GraphScope scope, string name, TensorReader tensor)
    {
        if (tensor is { IsExternal: false, Dimensions: [] or [>= 0 and <= LongestShape] } && tensor.Numbers() is { } elements)
        {
            scope.AddConstant(name, elements);
        }
    }

    /// <summary>Keeps the value of a Constant if it is small.</summary>
    public static void AddConstant(GraphScope scope, string name, NodeAttributes attributes)
    {
        if (attributes.TensorMessage("value") is { } message)
        {
            AddConstant(scope, name, TensorReader.Read(new ProtobufReader(message)));
        }
        else if (attributes.Ints("value_ints") is { Length: > 0 and <= LongestShape } integers)
        {
            scope.AddConstant(name, Array.ConvertAll(integers, integer => (double)integer));
        }
        else if (attributes.Has("value_int"))
        {
            scope.AddConstant(name, [attributes.Int("value_int", 0)]);
        }
        else if (attributes.Has("value_float"))
        {
            scope.AddConstant(name, [attributes.Float("value_float", 0)]);
        }
    }

    /// <summary>Adds a value whose size does not follow from the size of the file.</summary>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public void Expand(double elements)
    {
        _expandedBytes += Math.Max(0, elements) * BytesPerElement;
        if (_expandedBytes > limits.MaxExpandedBytes)
        {
            throw new InvalidDataException(
                $"with it, the graph has constants of {_expandedBytes:g3} bytes that are not in the file; "
                    + $"at most {limits.MaxExpandedBytes} are served.");
        }
    }
}
