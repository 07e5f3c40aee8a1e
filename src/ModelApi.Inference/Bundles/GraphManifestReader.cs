using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads the graphs of a manifest.</summary>
internal sealed class GraphManifestReader(BundleLimits limits)
{
    public List<GraphManifest>? Read(ManifestNode? graphs, ManifestNode? files)
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

        var file = node.Member("file")?.Match(ManifestReader.FilePattern, "the name of a file in the bundle, without a path");
        if (file is not null && files is { Kind: JsonValueKind.Object } listed && !listed.Element.TryGetProperty(file, out _))
        {
            node.Member("file")!.Fault("Must be listed in 'files'.");
        }

        var inputs = ReadInputs(node.Member("inputs", required: false));
        return file is null ? null : new GraphManifest(file, inputs);
    }

    /// <summary>The sources of inputs that have another name than their source.</summary>
    public Dictionary<string, IReadOnlyList<string>> ReadInputs(ManifestNode? node)
    {
        var inputs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (node is { } map && map.IsMap())
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

        return inputs;
    }
}
