using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles.Graphs;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads the inputs and outputs that an ONNX file declares, and has the rest of it checked.</summary>
/// <remarks>https://onnx.ai/onnx/repo-docs/IR.html gives the numbers of the fields; all others are skipped.</remarks>
internal sealed class GraphReader
{
    private readonly List<GraphTensor> _inputs = [];
    private readonly List<GraphTensor> _outputs = [];
    private readonly HashSet<string> _initialized = new(StringComparer.Ordinal);

    /// <param name="file">The graph's file name.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="limits">How large the graph may be.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <returns>The graph, or null when the file is not ONNX. Not to be loaded when there are faults.</returns>
    public static GraphFile? Read(string file, byte[] content, BundleLimits limits, BundleFaults faults)
    {
        var reader = new GraphReader();
        try
        {
            reader.ReadModel(new ProtobufReader(content), limits, new GraphChecker(file, limits, faults));
        }
        catch (InvalidDataException exception)
        {
            faults.Add(new BundleFault(file, "", $"Not a valid ONNX file: {exception.Message}"));
            return null;
        }

        return new GraphFile(file, content, reader._inputs, reader._outputs);
    }

    private void ReadModel(ProtobufReader fields, BundleLimits limits, GraphChecker checker)
    {
        ProtobufReader? graph = null;
        var functions = new List<ProtobufReader>();
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 7: // graph
                    // Parsers merge graphs that are given one after the other, which no exporter does.
                    graph = graph is null ? fields.Message : throw new InvalidDataException("it holds two graphs.");
                    break;
                case 20: // training_info
                    CheckTraining(fields.Message, checker);
                    break;
                case 25: // functions
                    functions.Add(fields.Message);
                    break;
            }
        }

        checker.CheckFunctions(functions);
        checker.CheckMain(graph ?? throw new InvalidDataException("it holds no graph."));
        ReadGraph(graph.Value, limits);
    }

    private static void CheckTraining(ProtobufReader fields, GraphChecker checker)
    {
        while (fields.Read())
        {
            // initialization, algorithm
            if (fields.Field is 1 or 2)
            {
                checker.CheckTraining(fields.Message);
            }
        }
    }

    private void ReadGraph(ProtobufReader fields, BundleLimits limits)
    {
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case 5: // initializer
                    _initialized.Add(ReadName(fields.Message));
                    break;
                case 11: // input
                    _inputs.Add(ReadValue(fields.Message));
                    break;
                case 12: // output
                    _outputs.Add(ReadValue(fields.Message));
                    break;
            }
        }

        _inputs.RemoveAll(input => _initialized.Contains(input.Name));
        if (_outputs.Count == 0)
        {
            throw new InvalidDataException("its graph has no output.");
        }

        if (_inputs.Count > limits.MaxFeatures || _outputs.Count > limits.MaxFeatures)
        {
            throw new InvalidDataException($"it has more than {limits.MaxFeatures} inputs or outputs.");
        }
    }

    private static string ReadName(ProtobufReader tensor)
    {
        var name = "";
        while (tensor.Read())
        {
            name = tensor.Field == 8 ? tensor.Text : name;
        }

        return name;
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

            // Some exporters write -1 for a length that is not known.
            dimensions.Add(length switch
            {
                null or -1 => null,
                >= 0 => length,
                _ => throw new InvalidDataException($"an input or output has the length {length}."),
            });
        }

        return dimensions;
    }
}
