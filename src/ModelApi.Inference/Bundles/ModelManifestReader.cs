using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads what runs: the graphs of a manifest, or the ML.NET model in their place.</summary>
internal sealed class ModelManifestReader(BundleLimits limits)
{
    /// <summary>The graphs, or the model; neither when there are faults.</summary>
    public (IReadOnlyList<GraphManifest>? Graphs, ModelManifest? Model) Read(ManifestNode root)
    {
        var files = root.Member("files", required: false);
        if (root.Member("model", required: false) is not { } model)
        {
            return (new GraphManifestReader(limits).Read(root.Member("graphs"), files), null);
        }

        if (root.Member("graphs", required: false) is { } graphs)
        {
            graphs.Fault("A bundle has graphs, or an ML.NET model in their place; leave one of the two out.");
        }

        return ReadModel(model, files) is { } read ? ([], read) : (null, null);
    }

    private ModelManifest? ReadModel(ManifestNode node, ManifestNode? files)
    {
        const string Expected = "the name of a file in the bundle, without a path";
        if (node.Kind == JsonValueKind.String)
        {
            return IsListed(node.Match(ManifestReader.FilePattern, Expected), node, files) is { } file
                ? new ModelManifest(file, new Dictionary<string, IReadOnlyList<string>>(), null)
                : null;
        }

        if (!node.IsObject("file", "inputs", "reason"))
        {
            return null;
        }

        var name = node.Member("file") is { } place ? IsListed(place.Match(ManifestReader.FilePattern, Expected), place, files) : null;
        var inputs = new GraphManifestReader(limits).ReadInputs(node.Member("inputs", required: false));
        var reason = node.Member("reason", required: false)?.Text();
        return name is null ? null : new ModelManifest(name, inputs, reason);
    }

    private static string? IsListed(string? file, ManifestNode place, ManifestNode? files)
    {
        if (file is not null && files is { Kind: JsonValueKind.Object } listed && !listed.Element.TryGetProperty(file, out _))
        {
            place.Fault("Must be listed in 'files'.");
        }

        return file;
    }
}
