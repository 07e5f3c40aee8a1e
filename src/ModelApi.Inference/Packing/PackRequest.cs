using System.Text.Json.Nodes;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>The parts of a bundle. Values that are null are inferred from the others.</summary>
public sealed record PackRequest
{
    /// <summary>The name that clients will call.</summary>
    public required string Name { get; init; }

    /// <summary>The ONNX files, in the order in which they run.</summary>
    public required IReadOnlyList<string> Graphs { get; init; }

    /// <summary>Training rows: the columns that the graphs read, the target, and any others.</summary>
    public required ReferenceTable Reference { get; init; }

    /// <summary>
    /// The file of golden rows; null to take rows of the reference, which then has a column <c>prediction</c>, and for an ML.NET model,
    /// which makes its own.
    /// </summary>
    public string? Golden { get; init; }

    /// <summary>
    /// How many golden rows there should be: a file that has fewer is filled up from a reference with a column <c>prediction</c>. Sixty
    /// rows miss faults of converters that two hundred show.
    /// </summary>
    public int GoldenRows { get; init; } = 200;

    /// <summary>The folder of models that the bundle goes into.</summary>
    public required string Output { get; init; }

    /// <summary>The version's number; by default the next free one.</summary>
    public string? Version { get; init; }

    /// <summary>What the model predicts and from what, for people.</summary>
    public string? Description { get; init; }

    /// <summary>The predicted column; by default the one that no graph reads.</summary>
    public string? Target { get; init; }

    /// <summary>The task as the manifest writes it; by default what the golden rows and the outputs show.</summary>
    public string? Task { get; init; }

    /// <summary>The classes, where the golden rows do not have all of them.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The names of several targets.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Graph outputs by the part of the answer that they hold, where that cannot be inferred.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Answer { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How far an answer may be from the trainer's, and why; null for the usual tolerance.</summary>
    public (double Share, string? Reason)? Tolerance { get; init; }

    /// <summary>Whether the bundle is made and checked, but not put into the folder of models.</summary>
    public bool IsTrial { get; init; }

    /// <summary>The policy for unknown categories; by default that of the graphs' encoders.</summary>
    public UnknownCategory? UnknownCategory { get; init; }

    /// <summary>The key of a request that holds rows.</summary>
    public string? InstancesKey { get; init; }

    /// <summary>Sources of graph inputs, by input, where they cannot be inferred.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>By feature, keys of the manifest that replace inferred ones: descriptions, examples, ranges.</summary>
    public JsonObject? Features { get; init; }

    /// <summary>Paths of further files, by their names in the bundle (<c>performance.json</c>, <c>args.json</c>).</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether an existing version is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Runs the graphs in another process first, and refuses those that crash it or exceed a limit; null for not.</summary>
    public IsolatedProver? Isolation { get; init; }
}
