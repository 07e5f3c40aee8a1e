using System.Text;
using System.Text.Json.Nodes;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads the features of a manifest.</summary>
internal sealed class FeatureManifestReader(BundleLimits limits)
{
    private static readonly string[] Keys =
    [
        "name", "type", "nullable", "categories", "minimum", "maximum", "minimumLength", "maximumLength", "missingCategory", "shape",
        "description", "example",
    ];

    // The largest body has a gigabyte.
    private const int LongestText = 1_000_000_000;

    public List<Feature>? Read(ManifestNode? features, string? instancesKey)
    {
        if (features is not { } node || !node.IsArray(1, limits.MaxFeatures))
        {
            return null;
        }

        var read = node.Items().Select(ReadFeature).ToList();
        var distinct = node.AreDistinct(read.Select(feature => feature?.Name).ToList());
        if (read.Any(feature => feature?.Name == instancesKey))
        {
            node.Fault($"A feature is called '{instancesKey}', like the key that holds the rows of a request; name another instancesKey.");
        }

        if (read.Sum(feature => (long)(feature?.Elements ?? 0)) > limits.MaxTensorElements)
        {
            node.Fault($"The tensors must hold at most {limits.MaxTensorElements} numbers, all together.");
            return null;
        }

        return !distinct || read.Contains(null) ? null : [.. read.Select(feature => feature!)];
    }

    private Feature? ReadFeature(ManifestNode node)
    {
        if (!node.IsObject(Keys))
        {
            return null;
        }

        var name = node.Member("name")?.Text(atMost: 256);
        var type = node.Member("type")?.OneOf(
            ("integer", FeatureType.Integer),
            ("number", FeatureType.Number),
            ("string", FeatureType.String),
            ("boolean", FeatureType.Boolean),
            ("tensor", FeatureType.Tensor));
        var shape = ReadShape(node.Member("shape", required: type == FeatureType.Tensor), type);
        var example = node.Member("example");
        var feature = new Feature
        {
            Name = name ?? "",
            Type = type ?? FeatureType.String,
            Nullable = node.Member("nullable", required: false)?.Boolean() ?? false,
            Categories = ReadCategories(node.Member("categories", required: false), type),
            MissingCategory = node.Member("missingCategory", required: false)?.Text(atLeast: 0),
            Shape = shape,
            Elements = (int)(shape?.Aggregate(1L, (product, length) => product * length) ?? 0),
            Minimum = ReadBound(node.Member("minimum", required: false), type),
            Maximum = ReadBound(node.Member("maximum", required: false), type),
            MinimumLength = ReadLength(node.Member("minimumLength", required: false), type, 0, 10_000) ?? 0,
            MaximumLength = ReadLength(node.Member("maximumLength", required: false), type, 1, LongestText)
                ?? Feature.DefaultMaximumLength,
            Description = node.Member("description", required: false)?.Text(),
            Example = example is { } value ? JsonNode.Parse(value.Element.GetRawText()) : null,
        };

        if (feature.MissingCategory is not null && (!feature.Nullable || feature.MissingCode == CategoryTable.Unknown))
        {
            node.Member("missingCategory")!.Fault("Must be one of the categories of a feature that is nullable.");
        }

        if (type == FeatureType.Tensor && feature.Nullable)
        {
            node.Member("nullable")!.Fault("A tensor has no missing value; leave the key out.");
        }

        if (feature.Minimum > feature.Maximum)
        {
            node.Member("minimum")!.Fault("Must not be greater than maximum.");
        }

        if (feature.MinimumLength > feature.MaximumLength)
        {
            node.Member("minimumLength")!.Fault("Must not be greater than maximumLength.");
        }

        if (name is null || type is null || example is null || (type == FeatureType.Tensor && shape is null))
        {
            return null;
        }

        CheckExample(feature, example);
        return feature;
    }

    // Reads the example as a request, so that the documentation shows only valid ones.
    private static void CheckExample(Feature feature, ManifestNode example)
    {
        var signature = new Signature([feature]) { UnknownCategory = UnknownCategory.Reject, InstancesKey = feature.Name + "s" };
        var findings = new Findings();
        var row = new JsonObject { [feature.Name] = feature.Example?.DeepClone() };
        var json = Encoding.UTF8.GetBytes(row.ToJsonString());
        new JsonFeatureReader(signature, new ReadLimits()).Read(json, new FeatureBatch(signature), findings);
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
        return node.AreDistinct(names) ? new CategoryTable([.. names.Select(text => text!)]) : null;
    }

    private List<int>? ReadShape(ManifestNode? shape, FeatureType? type)
    {
        if (shape is not { } node || !node.IsArray(1, Feature.MostDimensions))
        {
            return null;
        }

        if (type is not (null or FeatureType.Tensor))
        {
            node.Fault("Only a feature of type 'tensor' has a shape.");
            return null;
        }

        var lengths = node.Items().Select(item => (int?)item.Integer(1, limits.MaxTensorElements)).ToList();
        if (lengths.Contains(null))
        {
            return null;
        }

        var elements = lengths.Aggregate(1.0, (product, length) => product * length!.Value);
        if (elements > limits.MaxTensorElements)
        {
            node.Fault($"Must hold at most {limits.MaxTensorElements} numbers.");
            return null;
        }

        return [.. lengths.Select(length => length!.Value)];
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

    private static int? ReadLength(ManifestNode? length, FeatureType? type, long atLeast, long atMost)
    {
        if (length is { } node && type is not (null or FeatureType.String))
        {
            node.Fault("Only a feature of type 'string' has a minimumLength or maximumLength.");
        }

        return (int?)length?.Integer(atLeast, atMost);
    }
}
