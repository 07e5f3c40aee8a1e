using System.Text.Json.Nodes;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>What a bundle is made of. Whatever is null is found out from the rest.</summary>
public sealed record PackRequest
{
    /// <summary>The name that clients will call.</summary>
    public required string Name { get; init; }

    /// <summary>The ONNX files, in the order in which they run.</summary>
    public required IReadOnlyList<string> Graphs { get; init; }

    /// <summary>Training rows: the columns that the graphs read, the target, and whatever else.</summary>
    public required ReferenceTable Reference { get; init; }

    /// <summary>The file of golden rows.</summary>
    public required string Golden { get; init; }

    /// <summary>The folder of models that the bundle goes into.</summary>
    public required string Output { get; init; }

    /// <summary>The version's number; by default the next one that is free.</summary>
    public string? Version { get; init; }

    /// <summary>What the model predicts and from what.</summary>
    public string? Description { get; init; }

    /// <summary>The column that is predicted; by default the one that no graph reads.</summary>
    public string? Target { get; init; }

    /// <summary>What happens to an unknown category; by default what the graphs' encoders were fitted to do.</summary>
    public UnknownCategory? UnknownCategory { get; init; }

    /// <summary>The key of a request that holds rows.</summary>
    public string? InstancesKey { get; init; }

    /// <summary>Sources of graph inputs, by input, where they cannot be found out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>By feature, keys of the manifest that take the place of what was found: descriptions, examples, ranges.</summary>
    public JsonObject? Features { get; init; }

    /// <summary>Further files that become part of the bundle, by the name they get there (<c>performance.json</c>, <c>args.json</c>).</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a version that exists is replaced.</summary>
    public bool Force { get; init; }
}
