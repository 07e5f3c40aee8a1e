using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>Infers the manifest of a bundle, except its digests.</summary>
internal sealed class ManifestInference(
    PackRequest request, IReadOnlyList<GraphFile> graphs, Encoders encoders, GoldenFacts golden)
{
    private readonly List<(string Name, TensorElementType? Type)> _features = [];
    private readonly List<(string Name, GraphTensor Tensor)> _outputs = [];

    public JsonObject Infer(string version)
    {
        var graphNodes = new JsonArray([.. graphs.Select(JsonNode (graph) => Connect(graph))]);
        var target = request.Target ?? FindTarget();
        var features = new JsonArray([.. InOrderOfColumns().Select(JsonNode (feature) => Describe(feature.Name, feature.Type))]);
        var manifest = new JsonObject
        {
            ["$schema"] = "../../model.schema.json",
            ["name"] = request.Name,
            ["version"] = version,
            ["description"] = request.Description ?? Summarize(target),
            ["task"] = golden.Classes is null ? "regression" : "classification",
            ["target"] = new JsonObject { ["name"] = target },
        };
        if (golden.Classes is { } classes)
        {
            manifest["classes"] = new JsonArray([.. classes.Select(ClassOf)]);
        }

        if (request.InstancesKey is { } key)
        {
            manifest["instancesKey"] = key;
        }

        var unknown = request.UnknownCategory ?? encoders.UnknownCategory;
        manifest["unknownCategory"] = unknown == UnknownCategory.Reject ? "reject" : "encode-as-missing";
        manifest["features"] = features;
        manifest["graphs"] = graphNodes;
        manifest["outputs"] = FindOutputs();
        return manifest;
    }

    private string Summarize(string target)
    {
        const int MostNamed = 10;
        var names = string.Join(", ", _features.Take(MostNamed).Select(feature => feature.Name));
        return $"Predicts {target} from {names}{(_features.Count > MostNamed ? " and more" : "")}.";
    }

    private JsonValue ClassOf(string name) =>
        golden.AreIntegers ? JsonValue.Create(long.Parse(name, CultureInfo.InvariantCulture)) : JsonValue.Create(name);

    private JsonObject Connect(GraphFile graph)
    {
        var node = new JsonObject { ["file"] = graph.File };
        var inputs = new JsonObject();
        foreach (var input in graph.Inputs)
        {
            if (Source(input, graph.File) is { } sources)
            {
                inputs[input.Name] = sources is [var only] ? only : new JsonArray([.. sources.Select(source => JsonValue.Create(source))]);
            }
        }

        if (inputs.Count > 0)
        {
            node["inputs"] = inputs;
        }

        _outputs.AddRange(graph.Outputs.Select(output => (output.Name, output)));
        return node;
    }

    /// <returns>The sources of the input, or null if it has the name of its source.</returns>
    private IReadOnlyList<string>? Source(GraphTensor input, string file)
    {
        if (request.Inputs.TryGetValue(input.Name, out var given))
        {
            AddFeatures(given.Where(name => _outputs.All(output => output.Name != name)), input.ElementType);
            return given;
        }

        if (_outputs.Any(output => output.Name == input.Name))
        {
            return null;
        }

        var columns = input.Dimensions is [_, { } count] ? (int)count : 1;
        if (columns == 1 && request.Reference.Find(input.Name) is not null)
        {
            AddFeatures([input.Name], input.ElementType);
            return null;
        }

        var fitting = _outputs
            .Where(output => output.Tensor.ElementType == input.ElementType && Fits(output.Tensor, input))
            .Select(output => output.Name)
            .ToList();
        if (fitting is [var earlier])
        {
            return [earlier];
        }

        var data = request.Reference.DataHeaders.Where(header => header != (request.Target ?? TargetByValues())).ToList();
        if (_features.Count == 0 && columns > 1 && data.Count == columns)
        {
            AddFeatures(data, input.ElementType);
            return data;
        }

        throw new PackException(
            $"The source of input '{input.Name}' of {file} cannot be inferred: "
            + "no column of the reference and no single earlier output fits. "
            + $"Name it with --input {input.Name}=SOURCE[,SOURCE…].");
    }

    private static bool Fits(GraphTensor output, GraphTensor input) =>
        output.Dimensions is not [_, { } has] || input.Dimensions is not [_, { } takes] || has == takes;

    private void AddFeatures(IEnumerable<string> names, TensorElementType? type) =>
        _features.AddRange(names.Where(name => _features.All(feature => feature.Name != name)).Select(name => (name, type)));

    private IEnumerable<(string Name, TensorElementType? Type)> InOrderOfColumns()
    {
        var order = request.Reference.Headers.ToList();
        return _features.OrderBy(feature => order.IndexOf(feature.Name));
    }

    private JsonObject Describe(string name, TensorElementType? type)
    {
        var cells = request.Reference.Find(name) ?? throw new PackException($"The reference has no column '{name}'.");
        var feature = FeatureInference.Infer(name, type, cells, encoders.CategoriesOf(name), golden.NullFeatures.Contains(name));
        if (request.Features?[name] is JsonObject given)
        {
            foreach (var (key, value) in given)
            {
                feature[key] = value?.DeepClone();
            }
        }

        // The example is the last key, for people who read the manifest.
        var example = feature["example"];
        feature.Remove("example");
        feature["example"] = example;
        return feature;
    }

    private string FindTarget()
    {
        var rest = request.Reference.DataHeaders.Where(header => _features.All(feature => feature.Name != header)).ToList();
        return rest switch
        {
            [var only] => only,
            [] => TargetByValues() ?? "prediction",
            _ => TargetByValues() ?? throw new PackException(
                $"The predicted column cannot be inferred from {string.Join(", ", rest)}: name it with --target."),
        };
    }

    // The last column whose values are all classes.
    private string? TargetByValues()
    {
        var classes = golden.Classes?.ToHashSet(StringComparer.Ordinal);
        var found = classes is null ? [] : request.Reference.DataHeaders
            .Where(header => request.Reference.Find(header)!.All(classes.Contains))
            .ToList();
        return found is [.., var last] ? last : null;
    }

    private JsonObject FindOutputs()
    {
        var last = graphs[^1].Outputs;
        if (golden.Classes is null)
        {
            var values = last.Where(output => output.ElementType == TensorElementType.Float);
            return new JsonObject { ["value"] = Only(values, "predicted value (a float tensor)").Name };
        }

        return new JsonObject
        {
            ["label"] = Only(
                last.Where(output => output.ElementType is TensorElementType.String or TensorElementType.Int64),
                "label (a tensor of strings or 64-bit integers)").Name,
            ["probabilities"] = Only(
                last.Where(output => output.ElementType == TensorElementType.Float),
                "probabilities (a float tensor; export without ZipMap: zipmap=False)").Name,
        };
    }

    private GraphTensor Only(IEnumerable<GraphTensor> candidates, string what) =>
        candidates.ToList() is [var only]
            ? only
            : throw new PackException($"{graphs[^1].File} must have exactly one output that is the {what}.");
}
