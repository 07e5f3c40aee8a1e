using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Drift;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Packing;

/// <summary>Makes a bundle of ONNX graphs, training rows and golden rows.</summary>
public static class BundlePacker
{
    private const string ReferenceFile = "reference.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Makes the bundle, checks it as a server would, and only then puts it into the folder of models.</summary>
    /// <returns>The bundle's folder, and the result of scoring its golden rows.</returns>
    /// <exception cref="PackException">A file or a fact is missing, and the fact cannot be inferred.</exception>
    /// <exception cref="BundleException">The bundle would not be served.</exception>
    public static Task<(string Folder, GoldenReport Golden)> PackAsync(PackRequest request, CancellationToken cancellationToken) =>
        PackAsync(request, (version, folder, token) => WriteFilesAsync(request, version, folder, token), cancellationToken);

    /// <summary>As the other overload.</summary>
    /// <param name="request">The parts.</param>
    /// <param name="writeFilesAsync">Writes the files of a version into a folder, and gives the manifest without digests.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    internal static async Task<(string Folder, GoldenReport Golden)> PackAsync(
        PackRequest request, Func<string, string, CancellationToken, Task<JsonObject>> writeFilesAsync, CancellationToken cancellationToken)
    {
        if (!ManifestReader.NamePattern.IsMatch(request.Name))
        {
            throw new PackException(
                $"'{request.Name}' is not a valid model name: use lower-case letters, digits, '-', '_' or '.', "
                + "starting with a letter or digit.");
        }

        var model = Path.Combine(request.Output, request.Name);
        var version = request.Version ?? NextVersion(model);
        var destination = Path.Combine(model, version);
        if (Directory.Exists(destination) && !request.Force)
        {
            throw new PackException(
                $"{destination} exists, and a version never changes: pack another version, or replace it with --force.");
        }

        // Servers ignore a folder whose name begins with a dot; the bundle is moved out of it once it is whole.
        var workshop = Path.Combine(request.Output, $".packing-{Guid.NewGuid():n}");
        var folder = Path.Combine(workshop, request.Name, version);
        Directory.CreateDirectory(folder);
        try
        {
            var manifest = await writeFilesAsync(version, folder, cancellationToken).ConfigureAwait(false);
            var golden = await CompleteAsync(request, manifest, folder, cancellationToken).ConfigureAwait(false);
            Directory.CreateDirectory(model);
            if (Directory.Exists(destination))
            {
                Directory.Move(destination, Path.Combine(workshop, "replaced"));
            }

            Directory.Move(folder, destination);
            return (destination, golden);
        }
        finally
        {
            Directory.Delete(workshop, recursive: true);
        }
    }

    private static async Task<JsonObject> WriteFilesAsync(
        PackRequest request, string version, string folder, CancellationToken cancellationToken)
    {
        var goldenFile = request.Golden ?? throw new PackException("ONNX graphs need golden rows: name their file with --golden.");
        foreach (var (source, name) in request.Graphs.Select(graph => (graph, Path.GetFileName(graph)))
            .Append((goldenFile, GoldenRows.FileName)))
        {
            await CopyAsync(source, Path.Combine(folder, name), cancellationToken).ConfigureAwait(false);
        }

        await CopyFilesAsync(request.Files, folder, cancellationToken).ConfigureAwait(false);

        var contents = new List<byte[]>();
        var graphs = new List<GraphFile>();
        var faults = new BundleFaults();
        foreach (var file in request.Graphs.Select(Path.GetFileName))
        {
            contents.Add(await File.ReadAllBytesAsync(Path.Combine(folder, file!), cancellationToken).ConfigureAwait(false));
            if (GraphReader.Read(file!, contents[^1], new BundleLimits(), faults) is { } graph)
            {
                graphs.Add(graph);
            }
        }

        return faults.Count == 0
            ? new ManifestInference(request, graphs, new Encoders(contents), GoldenFacts.Read(goldenFile)).Infer(version)
            : throw new BundleException(faults);
    }

    // Loaded twice: first for the order of the classes and the scores of the reference, then as it will be served.
    private static async Task<GoldenReport> CompleteAsync(
        PackRequest request, JsonObject manifest, string folder, CancellationToken cancellationToken)
    {
        await WriteManifestAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
        if (request.Isolation is { } isolation
            && await isolation.ProveAsync(folder, cancellationToken).ConfigureAwait(false) is { IsVerdict: false } crash)
        {
            throw new BundleException(crash.Faults);
        }

        // A verdict can be wrong at this point, because the order of the classes is not known yet.
        var bundle = await new BundleReader().ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        using (var scorer = Load(bundle, cancellationToken))
        {
            if (ClassOrder.Find(scorer, bundle.Golden) is { } order)
            {
                var names = manifest["classes"]!.AsArray().Select(name => name!.DeepClone()).ToList();
                manifest["classes"] = new JsonArray([.. order.Select(index => names[index])]);
                await WriteManifestAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
            }
        }

        bundle = await new BundleReader().ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        using var served = Load(bundle, cancellationToken);
        var features = ReferenceReader.Read(request.Reference, bundle.Manifest.Signature);
        var predictions = new PredictionBatch(bundle.Manifest.Signature);
        served.Score(features, predictions, cancellationToken);
        var reference = JsonSerializer.Serialize(Reference.Of(features, predictions), Options) + "\n";
        await File.WriteAllTextAsync(Path.Combine(folder, ReferenceFile), reference, cancellationToken).ConfigureAwait(false);
        await WriteManifestAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
        bundle = await new BundleReader().ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        return GoldenCheck.Run(served, bundle, cancellationToken);
    }

    private static IScorer Load(Bundle bundle, CancellationToken cancellationToken) => bundle.Model is null
        ? new OnnxRuntimeScorer(bundle, cancellationToken: cancellationToken)
        : new MlNetScorer(bundle);

    internal static async Task WriteManifestAsync(JsonObject manifest, string folder, CancellationToken cancellationToken)
    {
        var files = new JsonObject();
        var place = Path.Combine(folder, ManifestReader.FileName);
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => file != place).Order(StringComparer.Ordinal))
        {
            var content = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            files[Path.GetFileName(file)] = Convert.ToHexStringLower(SHA256.HashData(content));
        }

        manifest["files"] = files;
        await File.WriteAllTextAsync(place, manifest.ToJsonString(Options) + "\n", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies files into the folder under their names in the bundle.</summary>
    internal static async Task CopyFilesAsync(
        IReadOnlyDictionary<string, string> files, string folder, CancellationToken cancellationToken)
    {
        foreach (var (name, source) in files)
        {
            await CopyAsync(source, Path.Combine(folder, name), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(string source, string destination, CancellationToken cancellationToken)
    {
        if (!File.Exists(source))
        {
            throw new PackException($"There is no file '{source}'; check the path.");
        }

        var content = await File.ReadAllBytesAsync(source, cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(destination, content, cancellationToken).ConfigureAwait(false);
    }

    private static string NextVersion(string model)
    {
        var highest = Directory.Exists(model)
            ? Directory.EnumerateDirectories(model)
                .Select(folder => Path.GetFileName(folder))
                .Where(name => ManifestReader.VersionPattern.IsMatch(name))
                .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
                .DefaultIfEmpty(0)
                .Max()
            : 0;
        return (highest + 1).ToString(CultureInfo.InvariantCulture);
    }
}
