using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Graphs;

/// <summary>Makes bundles without a folder.</summary>
internal static class MemoryBundle
{
    /// <summary>Connects the graphs as a bundle's folder would be.</summary>
    /// <param name="signature">The features. Each feeds the graph input of its name unless it is in <paramref name="inputs"/>.</param>
    /// <param name="graphs">The graphs; their outputs <c>label</c> and <c>probabilities</c>, or <c>value</c>, are the answer.</param>
    /// <param name="inputs">The features that feed the graph inputs that take several.</param>
    public static Bundle Create(
        Signature signature, IReadOnlyList<byte[]> graphs, IReadOnlyDictionary<string, IReadOnlyList<string>>? inputs = null)
    {
        var faults = new BundleFaults();
        var files = graphs.Select((graph, index) => GraphReader.Read($"graph{index}.onnx", graph, new BundleLimits(), faults)!).ToList();
        var manifest = new BundleManifest
        {
            Name = "generated",
            Version = "1",
            Description = "Made by a test.",
            Signature = signature,
            Graphs = [.. files.Select(file => new GraphManifest(file.File, Sources(file, inputs)))],
            Outputs = signature.Classes is null ? new OutputNames { Value = "value" }
                : new OutputNames { Label = "label", Probabilities = "probabilities" },
            Files = new Dictionary<string, string>(),
        };
        var wired = GraphWiring.Connect(manifest, files, faults);
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults.ToList()));
        return new Bundle
        {
            Folder = "",
            Manifest = manifest with { Signature = wired.Signature },
            Digest = "",
            Steps = wired.Steps,
            Answer = wired.Answer,
            Golden = GoldenRows.Read(default, signature, new BundleLimits(), new BundleFaults()),
        };
    }

    private static Dictionary<string, IReadOnlyList<string>> Sources(
        GraphFile graph, IReadOnlyDictionary<string, IReadOnlyList<string>>? inputs) =>
        inputs is null ? [] : inputs.Where(input => graph.Inputs.Any(takes => takes.Name == input.Key)).ToDictionary();
}
