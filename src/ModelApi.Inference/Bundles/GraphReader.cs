using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads the inputs and outputs that an ONNX file declares, and refuses data outside the bundle.</summary>
/// <remarks>https://onnx.ai/onnx/repo-docs/IR.html gives the numbers of the fields; all others are skipped.</remarks>
internal sealed class GraphReader
{
    /// <summary>TensorProto.DataLocation.EXTERNAL.</summary>
    private const int External = 1;

    // Deeper than any exporter nests graphs, and far from a stack overflow.
    private const int DeepestNesting = 100;

    private readonly string _file;
    private readonly ICollection<string> _listed;
    private readonly ICollection<BundleFault> _faults;
    private readonly List<GraphTensor> _inputs = [];
    private readonly List<GraphTensor> _outputs = [];
    private readonly HashSet<string> _initialized = new(StringComparer.Ordinal);

    private GraphReader(string file, ICollection<string> listed, ICollection<BundleFault> faults) =>
        (_file, _listed, _faults) = (file, listed, faults);

    /// <param name="file">The graph's file name.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="listed">The files that the manifest lists; external data may only be in these.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <returns>The graph, or null when the file is not ONNX.</returns>
    public static GraphFile? Read(string file, byte[] content, ICollection<string> listed, ICollection<BundleFault> faults)
    {
        var reader = new GraphReader(file, listed, faults);
        try
        {
            reader.ReadModel(new ProtobufReader(content));
        }
        catch (InvalidDataException exception)
        {
            faults.Add(new BundleFault(file, "", $"Not an ONNX file: {exception.Message}"));
            return null;
        }

        if (reader._outputs.Count == 0)
        {
            faults.Add(new BundleFault(file, "", "Not an ONNX file: it holds no graph."));
            return null;
        }

        reader._inputs.RemoveAll(input => reader._initialized.Contains(input.Name));
        return new GraphFile(file, content, reader._inputs, reader._outputs);
    }

    private void ReadModel(ProtobufReader fields)
    {
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 7: // graph
                    ReadGraph(fields.Message, depth: 0);
                    break;
                case 20: // training_info
                    CheckTraining(fields.Message);
                    break;
                case 25: // functions
                    CheckFunction(fields.Message);
                    break;
            }
        }
    }

    private void CheckTraining(ProtobufReader fields)
    {
        while (fields.Read())
        {
            // initialization, algorithm
            if (fields.Field is 1 or 2)
            {
                ReadGraph(fields.Message, depth: 1);
            }
        }
    }

    private void CheckFunction(ProtobufReader fields)
    {
        while (fields.Read())
        {
            // node
            if (fields.Field == 7)
            {
                CheckNode(fields.Message, depth: 1);
            }
        }
    }

    // Keeps the declarations of the outermost graph; inner graphs are only searched for external data.
    private void ReadGraph(ProtobufReader fields, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new InvalidDataException($"its graphs are nested more than {DeepestNesting} deep.");
        }

        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 1: // node
                    CheckNode(fields.Message, depth);
                    break;
                case 5: // initializer
                    var name = CheckTensor(fields.Message);
                    if (depth == 0)
                    {
                        _initialized.Add(name);
                    }

                    break;
                case 11 when depth == 0: // input
                    _inputs.Add(ReadValue(fields.Message));
                    break;
                case 12 when depth == 0: // output
                    _outputs.Add(ReadValue(fields.Message));
                    break;
                case 15: // sparse_initializer
                    CheckSparseTensor(fields.Message);
                    break;
            }
        }
    }

    private void CheckNode(ProtobufReader fields, int depth)
    {
        while (fields.Read())
        {
            // attribute
            if (fields.Field == 5)
            {
                CheckAttribute(fields.Message, depth);
            }
        }
    }

    private void CheckAttribute(ProtobufReader fields, int depth)
    {
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 5 or 10: // t, tensors
                    CheckTensor(fields.Message);
                    break;
                case 6 or 11: // g, graphs
                    ReadGraph(fields.Message, depth + 1);
                    break;
                case 22 or 23: // sparse_tensor, sparse_tensors
                    CheckSparseTensor(fields.Message);
                    break;
            }
        }
    }

    private void CheckSparseTensor(ProtobufReader fields)
    {
        while (fields.Read())
        {
            // values, indices
            if (fields.Field is 1 or 2)
            {
                CheckTensor(fields.Message);
            }
        }
    }

    /// <returns>The tensor's name.</returns>
    private string CheckTensor(ProtobufReader fields)
    {
        var name = "";
        var location = "";
        var isExternal = false;
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 8: // name
                    name = fields.Text;
                    break;
                case 13: // external_data
                    isExternal = true;
                    location = ReadLocation(fields.Message) ?? location;
                    break;
                case 14: // data_location
                    isExternal |= (int)fields.Number == External;
                    break;
            }
        }

        if (isExternal && !_listed.Contains(location))
        {
            _faults.Add(new BundleFault(_file, $"tensor '{name}'",
                $"Its data lies in '{location}', which is not a file of this bundle; "
                    + "external data must be in a file beside the graph that 'files' lists."));
        }

        return name;
    }

    private static string? ReadLocation(ProtobufReader fields)
    {
        var (key, value) = ("", "");
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 1:
                    key = fields.Text;
                    break;
                case 2:
                    value = fields.Text;
                    break;
            }
        }

        return key == "location" ? value : null;
    }

    private static GraphTensor ReadValue(ProtobufReader fields)
    {
        var tensor = new GraphTensor("", null, null);
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 1: // name
                    tensor = tensor with { Name = fields.Text };
                    break;
                case 2: // type
                    tensor = ReadType(fields.Message, tensor);
                    break;
            }
        }

        return tensor;
    }

    private static GraphTensor ReadType(ProtobufReader fields, GraphTensor tensor)
    {
        while (fields.Read())
        {
            // tensor_type
            if (fields.Field != 1)
            {
                continue;
            }

            tensor = tensor with { ElementType = tensor.ElementType ?? default(TensorElementType) };
            var parts = fields.Message;
            while (parts.Read())
            {
                switch (parts.Field)
                {
                    case 1: // elem_type, whose numbers are those of TensorElementType
                        tensor = tensor with { ElementType = (TensorElementType)(int)parts.Number };
                        break;
                    case 2: // shape
                        tensor = tensor with { Dimensions = ReadShape(parts.Message) };
                        break;
                }
            }
        }

        return tensor;
    }

    private static List<long?> ReadShape(ProtobufReader fields)
    {
        var dimensions = new List<long?>();
        while (fields.Read())
        {
            // dim
            if (fields.Field != 1)
            {
                continue;
            }

            long? length = null;
            var dimension = fields.Message;
            while (dimension.Read())
            {
                // dim_value, or else a name
                length = dimension.Field == 1 ? dimension.Number : length;
            }

            dimensions.Add(length);
        }

        return dimensions;
    }
}
