using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads <c>model.json</c> and finds every fault in it.</summary>
internal sealed partial class ManifestReader(BundleLimits limits)
{
    public const string FileName = "model.json";

    private static readonly string[] FeatureKeys =
        ["name", "type", "nullable", "categories", "minimum", "maximum", "minimumLength", "description", "example"];

    /// <summary>The manifest, or null when anything in it is at fault.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="files">Receives the files that could be read, so that they can be checked whatever else is wrong.</param>
    public BundleManifest? Read(ReadOnlyMemory<byte> json, ICollection<BundleFault> faults, IDictionary<string, string> files)
    {
        var before = faults.Count;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var manifest = ReadManifest(new ManifestNode(document.RootElement, FileName, "$", faults), files);
            return faults.Count == before ? manifest : null;
        }
        catch (JsonException exception)
        {
            faults.Add(new BundleFault(FileName, exception.Path ?? "", $"Not valid JSON: {exception.Message}"));
            return null;
        }
        catch (InvalidOperationException exception) when (exception.Source == "System.Text.Json")
        {
            faults.Add(new BundleFault(FileName, "", "A text in it holds half of a surrogate pair (such as \\ud800 alone)."));
            return null;
        }
    }

    private BundleManifest? ReadManifest(ManifestNode root, IDictionary<string, string> files)
    {
        if (!root.IsObject("$schema", "name", "version", "description", "task", "target", "classes", "instancesKey",
            "unknownCategory", "features", "graphs", "outputs", "batching", "files"))
        {
            return null;
        }

        root.Member("$schema", required: false)?.Text();
        var name = root.Member("name")?.Match(NamePattern, "a name of lower-case letters, digits, '-', '_' or '.', at most 64, starting with a letter or digit");
        var version = root.Member("version")?.Match(VersionPattern, "a positive whole number as a string, such as \"1\"");
        var description = root.Member("description")?.Text();
        var task = root.Member("task")?.OneOf(("classification", ModelTask.Classification), ("regression", ModelTask.Regression));
        var target = ReadTarget(root.Member("target"));
        var classes = ReadClasses(root.Member("classes", required: task == ModelTask.Classification), task);
        var instancesKey = root.Member("instancesKey", required: false) is { } key ? key.Text(atMost: 256) : "instances";
        var unknownCategory = root.Member("unknownCategory")?.OneOf(
            ("reject", UnknownCategory.Reject), ("encode-as-missing", UnknownCategory.EncodeAsMissing));
        var features = ReadFeatures(root.Member("features"), instancesKey);
        var graphs = ReadGraphs(root.Member("graphs"), root.Member("files", required: false));
        var outputs = ReadOutputs(root.Member("outputs"), task);
        var batching = BatchingManifest.Read(root.Member("batching", required: false));
        ReadFiles(root.Member("files"), files);

        return name is null || version is null || description is null || task is null || target is null
            || instancesKey is null || unknownCategory is null || features is null || graphs is null || outputs is null
            ? null
            : new BundleManifest
            {
                Name = name,
                Version = version,
                Description = description,
                Signature = new Signature(features)
                {
                    Task = task.Value,
                    Target = target,
                    Classes = classes,
                    InstancesKey = instancesKey,
                    UnknownCategory = unknownCategory.Value,
                },
                Graphs = graphs,
                Outputs = outputs,
                Batching = batching,
                Files = files.AsReadOnly(),
            };
    }

    private static string? ReadTarget(ManifestNode? target)
    {
        if (target is not { } node || !node.IsObject("name", "description"))
        {
            return null;
        }

        node.Member("description", required: false)?.Text();
        return node.Member("name")?.Text();
    }

    private ClassLabels? ReadClasses(ManifestNode? classes, ModelTask? task)
    {
        if (classes is not { } node)
        {
            return null;
        }

        if (task == ModelTask.Regression)
        {
            node.Fault("A regression has no classes; leave the key out.");
            return null;
        }

        if (!node.IsArray(2, limits.MaxCategories))
        {
            return null;
        }

        if (node.Items().All(item => item.Kind == JsonValueKind.Number))
        {
            var integers = node.Items().Select(item => item.Integer(long.MinValue / 1024, long.MaxValue / 1024)).ToList();
            return AreDistinct(node, integers) ? new ClassLabels([.. integers.Select(integer => integer!.Value)]) : null;
        }

        var names = node.Items().Select(item => item.Text()).ToList();
        return AreDistinct(node, names) ? new ClassLabels([.. names.Select(text => text!)]) : null;
    }

    private List<Feature>? ReadFeatures(ManifestNode? features, string? instancesKey)
    {
        if (features is not { } node || !node.IsArray(1, limits.MaxFeatures))
        {
            return null;
        }

        var read = node.Items().Select(ReadFeature).ToList();
        var distinct = AreDistinct(node, read.Select(feature => feature?.Name).ToList());
        if (read.Any(feature => feature?.Name == instancesKey))
        {
            node.Fault($"A feature is called '{instancesKey}', like the key of a request that holds rows; name another instancesKey.");
        }

        return !distinct || read.Contains(null) ? null : [.. read.Select(feature => feature!)];
    }

    private Feature? ReadFeature(ManifestNode node)
    {
        if (!node.IsObject(FeatureKeys))
        {
            return null;
        }

        var name = node.Member("name")?.Text(atMost: 256);
        var type = node.Member("type")?.OneOf(
            ("integer", FeatureType.Integer), ("number", FeatureType.Number), ("string", FeatureType.String), ("boolean", FeatureType.Boolean));
        var example = node.Member("example");
        var feature = new Feature
        {
            Name = name ?? "",
            Type = type ?? FeatureType.String,
            Nullable = node.Member("nullable", required: false)?.Boolean() ?? false,
            Categories = ReadCategories(node.Member("categories", required: false), type),
            Minimum = ReadBound(node.Member("minimum", required: false), type),
            Maximum = ReadBound(node.Member("maximum", required: false), type),
            MinimumLength = ReadMinimumLength(node.Member("minimumLength", required: false), type),
            Description = node.Member("description", required: false)?.Text(),
            Example = example is { } value ? ToNode(value.Element) : null,
        };

        if (feature.Minimum > feature.Maximum)
        {
            node.Member("minimum")!.Fault("Must not be greater than maximum.");
        }

        if (name is null || type is null || example is null)
        {
            return null;
        }

        CheckExample(feature, example);
        return feature;
    }

    // The example is read as a request would be, so that what the documentation shows is known to be valid.
    private static void CheckExample(Feature feature, ManifestNode example)
    {
        var signature = new Signature([feature]) { UnknownCategory = UnknownCategory.Reject, InstancesKey = feature.Name + "s" };
        var findings = new Findings();
        var row = new JsonObject { [feature.Name] = feature.Example?.DeepClone() };
        new JsonFeatureReader(signature, new ReadLimits()).Read(Encoding.UTF8.GetBytes(row.ToJsonString()), new FeatureBatch(signature), findings);
        foreach (var finding in findings.Errors)
        {
            example.Fault(finding.Message);
        }

        foreach (var finding in findings.Warnings)
        {
            example.Fault(finding.Message);
        }
    }

    private CategoryTable? ReadCategories(ManifestNode? categories, FeatureType? type)
    {
        if (categories is not { } node || !node.IsArray(1, limits.MaxCategories))
        {
            return null;
        }

        if (type is not (null or FeatureType.String))
        {
            node.Fault("Only a feature of type 'string' has categories.");
            return null;
        }

        var names = node.Items().Select(item => item.Text(atLeast: 0)).ToList();
        return AreDistinct(node, names) ? new CategoryTable([.. names.Select(text => text!)]) : null;
    }

    private static double? ReadBound(ManifestNode? bound, FeatureType? type)
    {
        if (bound is { } node && type is FeatureType.String or FeatureType.Boolean)
        {
            node.Fault("Only a feature of type 'integer' or 'number' has bounds.");
            return null;
        }

        return bound?.Number();
    }

    private static int ReadMinimumLength(ManifestNode? length, FeatureType? type)
    {
        if (length is { } node && type is not (null or FeatureType.String))
        {
            node.Fault("Only a feature of type 'string' has a minimumLength.");
        }

        return (int)(length?.Integer(0, 10_000) ?? 0);
    }

    private List<GraphManifest>? ReadGraphs(ManifestNode? graphs, ManifestNode? files)
    {
        if (graphs is not { } node || !node.IsArray(1, limits.MaxFiles))
        {
            return null;
        }

        var read = node.Items().Select(item => ReadGraph(item, files)).ToList();
        return read.Contains(null) ? null : [.. read.Select(graph => graph!)];
    }

    private GraphManifest? ReadGraph(ManifestNode node, ManifestNode? files)
    {
        if (!node.IsObject("file", "inputs"))
        {
            return null;
        }

        var file = node.Member("file")?.Match(FilePattern, "the name of a file in the bundle, without a path");
        if (file is not null && files is { Kind: JsonValueKind.Object } listed && !listed.Element.TryGetProperty(file, out _))
        {
            node.Member("file")!.Fault("Must be listed in 'files'.");
        }

        var inputs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (node.Member("inputs", required: false) is { } map && map.IsObject([.. map.Kind == JsonValueKind.Object ? map.Members().Select(member => member.Name) : []]))
        {
            foreach (var (name, source) in map.Members())
            {
                if (source.Kind != JsonValueKind.Array)
                {
                    inputs[name] = source.Text() is { } text ? [text] : [];
                }
                else if (source.IsArray(1, limits.MaxFeatures))
                {
                    inputs[name] = [.. source.Items().Select(item => item.Text() ?? "")];
                }
            }
        }

        return file is null ? null : new GraphManifest(file, inputs);
    }

    private static OutputNames? ReadOutputs(ManifestNode? outputs, ModelTask? task)
    {
        switch (task)
        {
            case ModelTask.Classification when outputs is { } node && node.IsObject("label", "probabilities"):
                return new OutputNames(node.Member("label")?.Text(), node.Member("probabilities")?.Text(), null);

            case ModelTask.Regression when outputs is { } node && node.IsObject("value"):
                return new OutputNames(null, null, node.Member("value")?.Text());

            default:
                return null;
        }
    }

    private void ReadFiles(ManifestNode? files, IDictionary<string, string> read)
    {
        if (files is not { } node || !node.IsObject([.. node.Kind == JsonValueKind.Object ? node.Members().Select(member => member.Name) : []]))
        {
            return;
        }

        foreach (var (name, digest) in node.Members())
        {
            if (!FilePattern.IsMatch(name) || name == FileName)
            {
                digest.Fault("Must be named like a file in the bundle, without a path, and not model.json itself.");
            }
            else if (digest.Match(DigestPattern, "a SHA-256 of 64 lower-case hexadecimal digits") is { } sha256)
            {
                read[name] = sha256;
            }
        }

        if (read.Count > limits.MaxFiles)
        {
            node.Fault($"Must list at most {limits.MaxFiles} files.");
        }

        if (!node.Element.TryGetProperty(GoldenRows.FileName, out _))
        {
            node.Fault($"Must list '{GoldenRows.FileName}': a version that cannot be checked against its trainer is not served.");
        }
    }

    private static bool AreDistinct<T>(ManifestNode node, IReadOnlyList<T?> values)
    {
        var seen = new HashSet<T>();
        foreach (var (value, index) in values.Select((value, index) => (value, index)))
        {
            if (value is not null && !seen.Add(value))
            {
                node[index].Fault("Occurs twice.");
            }
        }

        return seen.Count == values.Count;
    }

    private static JsonNode? ToNode(JsonElement element) => JsonNode.Parse(element.GetRawText());

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    internal static partial Regex NamePattern { get; }

    [GeneratedRegex(@"\A[1-9][0-9]{0,8}\z")]
    internal static partial Regex VersionPattern { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex FilePattern { get; }

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex DigestPattern { get; }
}
