using System.Text.Json.Nodes;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Packing;

/// <summary>ONNX graphs with training rows and golden rows.</summary>
internal sealed class OnnxPackSource(PackRequest request) : IPackSource
{
    private readonly List<string> _notes = [];
    private PackPlan? _plan;

    public IReadOnlyDictionary<string, string> Inputs => _plan!.Inputs();

    public IReadOnlyList<string> Notes => [.. _notes, .. _plan!.Notes];

    public bool IsProved => true;

    public bool WidenTolerance(JsonObject manifest) => _plan!.WidenTolerance(manifest);

    /// <exception cref="PackException">A file or a fact is missing, or ONNX Runtime cannot run a graph.</exception>
    /// <exception cref="BundleException">A graph has faults, or ended the process that ran it.</exception>
    public async Task<JsonObject> WriteFilesAsync(string version, string folder, CancellationToken cancellationToken)
    {
        var names = request.Graphs.Select(graph => Path.GetFileName(graph)).ToList();
        foreach (var name in names.Where(name => !ManifestReader.FilePattern.IsMatch(name)))
        {
            throw new PackException(
                $"'{name}' cannot be the name of a file in a bundle: rename it with letters, digits, '-', '_' and '.', as in model.onnx.");
        }

        var files = request.Graphs.Zip(names).ToDictionary(graph => graph.Second, graph => graph.First);
        await BundlePacker.CopyFilesAsync(files, folder, cancellationToken).ConfigureAwait(false);
        await BundlePacker.CopyFilesAsync(request.Files, folder, cancellationToken).ConfigureAwait(false);
        var contents = new List<byte[]>();
        var graphs = new List<GraphFile>();
        var faults = new BundleFaults();
        foreach (var file in names)
        {
            var place = Path.Combine(folder, file);
            var content = await File.ReadAllBytesAsync(place, cancellationToken).ConfigureAwait(false);
            if (content.AsSpan().StartsWith("PK\u0003\u0004"u8))
            {
                throw new PackException(
                    $"{file} is a zip and no ONNX graph: a pipeline of ML.NET is packed alone, under a name that ends with .zip.");
            }

            var graph = GraphReader.Read(file, content, new BundleLimits(), faults);
            if (graph is not null && ZipMapCut.Cut(content, out var maps) is { } cut)
            {
                content = cut;
                graph = GraphReader.Read(file, content, new BundleLimits(), faults);
                await File.WriteAllBytesAsync(place, content, cancellationToken).ConfigureAwait(false);
                _notes.Add(
                    $"ZipMap was cut from {file}: '{string.Join("', '", maps)}' is one tensor, which takes less time than maps. "
                    + "The numbers are the same.");
            }

            contents.Add(content);
            if (graph is not null)
            {
                graphs.Add(graph);
            }
        }

        _plan = faults.Count == 0 ? PackPlan.Make(request, graphs, contents) : throw new BundleException(faults);
        return await FindAnswerAsync(_plan, version, folder, cancellationToken).ConfigureAwait(false);
    }

    // The graphs run on the golden rows first, as a regression whose answer is not compared, to see what their outputs hold.
    private async Task<JsonObject> FindAnswerAsync(PackPlan plan, string version, string folder, CancellationToken cancellationToken)
    {
        var golden = Path.Combine(folder, GoldenRows.FileName);
        if (request.Isolation is { } isolation)
        {
            await File.WriteAllLinesAsync(golden, plan.ProbeRows(), cancellationToken).ConfigureAwait(false);
            await BundlePacker.WriteManifestAsync(plan.ProbeManifest(version), folder, cancellationToken).ConfigureAwait(false);
            await BundlePacker.ThrowIfCrashingAsync(isolation, folder, cancellationToken).ConfigureAwait(false);
        }

        var outputs = plan.Probe(version, cancellationToken);
        var manifest = plan.Manifest(version, outputs);
        await CorrectColumnsAsync(manifest, outputs, folder, cancellationToken).ConfigureAwait(false);
        await File.WriteAllLinesAsync(golden, plan.GoldenLines, cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    private async Task CorrectColumnsAsync(
        JsonObject manifest, IReadOnlyList<ProbedOutput> outputs, string folder, CancellationToken cancellationToken)
    {
        var numbers = manifest["outputs"]!["probabilities"] ?? manifest["outputs"]!["scores"];
        var wrong = outputs.Where(output => output.IsDeclaredWrongly && output.Name == (string?)numbers).ToList();
        if (wrong.Count == 0)
        {
            return;
        }

        var place = Path.Combine(folder, Path.GetFileName(request.Graphs[^1]));
        var content = await File.ReadAllBytesAsync(place, cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(place, DeclaredColumns.Correct(content, wrong), cancellationToken).ConfigureAwait(false);
        _notes.AddRange(wrong.Select(output =>
            $"'{output.Name}' is declared with {output.Declared![1]} columns and has {output.Columns}: the declaration was corrected."));
    }
}
