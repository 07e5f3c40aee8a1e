using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles.Onnx;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads what an ONNX file declares, and refuses data that it keeps outside the bundle.</summary>
internal static class GraphReader
{
    // The weights are fields that the schema leaves out: kept, each would be copied.
    private static readonly MessageParser<OnnxModel> Parser = OnnxModel.Parser.WithDiscardUnknownFields(true);

    /// <summary>TensorProto.DataLocation.EXTERNAL.</summary>
    private const int External = 1;

    /// <param name="file">The graph's file name.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="listed">The files whose digest the manifest gives: the only ones that external data may lie in.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <returns>The graph, or null when the file is not ONNX.</returns>
    public static GraphFile? Read(string file, byte[] content, ICollection<string> listed, ICollection<BundleFault> faults)
    {
        OnnxModel model;
        try
        {
            model = Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException exception)
        {
            faults.Add(new BundleFault(file, "", $"Not an ONNX file: {exception.Message}"));
            return null;
        }

        if (model.Graph is not { } graph || graph.Output.Count == 0)
        {
            faults.Add(new BundleFault(file, "", "Not an ONNX file: it holds no graph."));
            return null;
        }

        var refused = Tensors(model)
            .Where(tensor => tensor.DataLocation == External || tensor.ExternalData.Count > 0)
            .Select(tensor => (tensor.Name, Location: tensor.ExternalData.LastOrDefault(entry => entry.Key == "location")?.Value ?? ""))
            .Where(tensor => !listed.Contains(tensor.Location));
        foreach (var (name, location) in refused)
        {
            faults.Add(new BundleFault(file, $"tensor '{name}'",
                $"Its data lies in '{location}', which is not a file of this bundle; external data must be in a file beside the graph that 'files' lists."));
        }

        var initialized = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new GraphFile(
            file,
            content,
            [.. graph.Input.Where(input => !initialized.Contains(input.Name)).Select(ToTensor)],
            [.. graph.Output.Select(ToTensor)]);
    }

    private static GraphTensor ToTensor(OnnxValueInfo value)
    {
        if (value.Type?.TensorType is not { } type)
        {
            return new GraphTensor(value.Name, null, null);
        }

        // The numbers of TensorElementType are those of ONNX's TensorProto.DataType.
        return new GraphTensor(
            value.Name,
            (TensorElementType)type.ElemType,
            type.Shape?.Dim.Select(dimension => dimension.HasDimValue ? dimension.DimValue : (long?)null).ToList());
    }

    private static IEnumerable<OnnxTensor> Tensors(OnnxModel model) =>
        Tensors(model.Graph)
            .Concat(model.TrainingInfo.SelectMany(training => Tensors(training.Initialization).Concat(Tensors(training.Algorithm))))
            .Concat(model.Functions.SelectMany(function => function.Node).SelectMany(Tensors));

    private static IEnumerable<OnnxTensor> Tensors(OnnxGraph? graph) =>
        graph is null
            ? []
            : graph.Initializer.Concat(graph.SparseInitializer.SelectMany(Tensors)).Concat(graph.Node.SelectMany(Tensors));

    private static IEnumerable<OnnxTensor> Tensors(OnnxNode node) =>
        node.Attribute.SelectMany(attribute =>
            (attribute.T is { } tensor ? attribute.Tensors.Append(tensor) : attribute.Tensors)
                .Concat(attribute.SparseTensors.SelectMany(Tensors))
                .Concat(Tensors(attribute.SparseTensor))
                .Concat(Tensors(attribute.G))
                .Concat(attribute.Graphs.SelectMany(Tensors)));

    private static IEnumerable<OnnxTensor> Tensors(OnnxSparseTensor? sparse) =>
        sparse is null ? [] : new[] { sparse.Values, sparse.Indices }.Where(tensor => tensor is not null);
}
