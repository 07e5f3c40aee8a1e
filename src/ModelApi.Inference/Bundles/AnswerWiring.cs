using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Finds the outputs that hold the answer among those of the graphs, and reports what does not fit.</summary>
/// <param name="manifest">A manifest without faults.</param>
/// <param name="outputs">All outputs of the graphs by name.</param>
/// <param name="faults">Receives the faults; when there are any, the result is not usable.</param>
internal sealed class AnswerWiring(
    BundleManifest manifest, IReadOnlyDictionary<string, (GraphOutput Place, GraphTensor Tensor)> outputs, BundleFaults faults)
{
    private static readonly TensorElementType[] WholeNumbers =
    [
        TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Int16, TensorElementType.Int8,
        TensorElementType.UInt8, TensorElementType.UInt16, TensorElementType.UInt32,
    ];

    private static readonly TensorElementType[] Floats = [TensorElementType.Float, TensorElementType.Double, TensorElementType.Float16];

    private readonly Signature _signature = manifest.Signature;

    public AnswerOutputs Find()
    {
        var names = manifest.Outputs;
        var shape = _signature.Answer;
        var layout = NumberLayout.Rows;
        AnswerOutput? numbers = null;
        if (names.Numbers is { } named && FindOutput(named.Key, named.Name, [.. Floats, .. WholeNumbers]) is { } found)
        {
            numbers = new AnswerOutput(found.Place, found.Tensor.ElementType!.Value);
            shape = shape with { AreDoubles = numbers.Type is not (TensorElementType.Float or TensorElementType.Float16) };
            layout = FindLayout(named.Key, found.Tensor, ref shape);
        }

        var label = names.Label is { } name && FindOutput("label", name, LabelTypes()) is { } place ? CheckLabel(place) : null;
        var others = names.Others.Select(FindOther).OfType<(AnswerOutput Output, OtherOutput Shape)>().ToList();
        return new AnswerOutputs
        {
            Label = label,
            Numbers = numbers,
            Layout = layout,
            Others = [.. others.Select(other => other.Output)],
            Shape = shape with { Others = [.. others.Select(other => other.Shape)] },
        };
    }

    // The whole numbers of a graph are the indices of classes with names.
    private TensorElementType[] LabelTypes() => _signature.Classes!.Kind == ClassKind.Text
        ? [TensorElementType.String, .. WholeNumbers]
        : [.. WholeNumbers, TensorElementType.Bool, .. Floats];

    private AnswerOutput CheckLabel((GraphOutput Place, GraphTensor Tensor) output)
    {
        var columns = _signature.Answer.LabelColumns;
        if (output.Tensor.Dimensions is [_, { } has] && has != columns)
        {
            Fault("label", $"Must have {columns} columns, one for each target, but '{output.Tensor.Name}' has {has}.");
        }

        return new AnswerOutput(output.Place, output.Tensor.ElementType!.Value);
    }

    private NumberLayout FindLayout(string key, GraphTensor tensor, ref AnswerShape shape)
    {
        // Exporters declare [N] for [N, classes] too, so only a single score is taken from that.
        var has = tensor.Dimensions switch
        {
            [_] when shape.Numbers == NumberKind.Scores => 1,
            [_, { } columns] => columns,
            _ => (long?)null,
        };
        if (_signature.Task == ModelTask.Multilabel && tensor.Dimensions is [_, _, _])
        {
            return NumberLayout.TargetsFirst;
        }

        var mayBeSingle = _signature.Task == ModelTask.Classification && _signature.Classes!.Count == 2;
        if (mayBeSingle && has is null && shape.Numbers == NumberKind.Probabilities)
        {
            return NumberLayout.Undeclared;
        }

        var isSingle = mayBeSingle && has == 1;
        if (isSingle && shape.Numbers == NumberKind.Scores)
        {
            shape = shape with { NumberColumns = 1 };
        }
        else if (isSingle)
        {
            return NumberLayout.SecondOfTwo;
        }

        // skl2onnx declares one column for the trees of a regression with any number of targets.
        if (has is not null && has != shape.NumberColumns && !(shape.Numbers == NumberKind.Values && has == 1))
        {
            var each = _signature.Targets.Count > 0 ? "target" : "class";
            var wanted = _signature.Classes is null && _signature.Targets.Count == 0
                ? "Must have one column; name each in 'targets'"
                : $"Must have {shape.NumberColumns} columns, one for each {each}";
            Fault(key, $"{wanted}, but '{tensor.Name}' has {has}.");
        }

        return NumberLayout.Rows;
    }

    private (AnswerOutput Output, OtherOutput Shape)? FindOther(string name, int index)
    {
        if (FindOutput($"others[{index}]", name, null) is not { Tensor: { ElementType: { } type } tensor } found)
        {
            return null;
        }

        OtherKind? kind = type switch
        {
            TensorElementType.Float or TensorElementType.Float16 => OtherKind.Float,
            TensorElementType.Double => OtherKind.Double,
            TensorElementType.String => OtherKind.Text,
            TensorElementType.Bool => OtherKind.Boolean,
            _ when WholeNumbers.Contains(type) => OtherKind.Integer,
            _ => null,
        };
        if (kind is null)
        {
            Fault($"others[{index}]", $"'{name}' is {GraphWiring.Describe(type)}, which JSON has no value for.");
            return null;
        }

        return (new AnswerOutput(found.Place, type), new OtherOutput(name, kind.Value, RowShape(tensor)));
    }

    /// <returns>Null where the graph does not declare the shape, or declares one that no answer can have.</returns>
    private static List<int>? RowShape(GraphTensor tensor)
    {
        const long MostValues = 1 << 20;
        if (tensor.Dimensions is not { Count: > 0 } dimensions)
        {
            return null;
        }

        var (shape, values) = (new List<int>(), 1L);
        foreach (var dimension in dimensions.Skip(1))
        {
            if (dimension is not (> 0 and <= MostValues) || (values *= dimension.Value) > MostValues)
            {
                return null;
            }

            shape.Add((int)dimension.Value);
        }

        return shape is [1] ? [] : shape;
    }

    private (GraphOutput Place, GraphTensor Tensor)? FindOutput(string key, string name, TensorElementType[]? types)
    {
        if (!outputs.TryGetValue(name, out var output))
        {
            Fault(key, $"No graph has an output '{name}'; there are {GraphWiring.Quote(outputs.Keys)}.");
            return null;
        }

        if (output.Tensor.ElementType is not { } type || types?.Contains(type) == false)
        {
            var hint = output.Tensor.ElementType is null
                ? " Export the classifier without ZipMap (skl2onnx: zipmap=False), or let 'modelapi pack' cut it out."
                : "";
            var expected = types is null ? "a tensor" : string.Join(" or ", types.Select(allowed => GraphWiring.Describe(allowed)));
            Fault(key, $"Must be {expected}, but '{name}' is {GraphWiring.Describe(output.Tensor.ElementType)}.{hint}");
            return null;
        }

        return output;
    }

    private void Fault(string key, string message) =>
        faults.Add(new BundleFault(ManifestReader.FileName, $"$.outputs.{key}", message));
}
