using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Drift;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Packing;

/// <summary>Makes a bundle of what a trainer hands over: ONNX graphs, training rows and golden rows.</summary>
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
    /// <exception cref="PackException">A file or a fact is missing, and the fact cannot be inferred.</exception>
    /// <exception cref="BundleException">The bundle would not be served.</exception>
    public static Task<PackResult> PackAsync(PackRequest request, CancellationToken cancellationToken) =>
        PackAsync(request, new OnnxPackSource(request), cancellationToken);

    /// <summary>As the other overload, of other files than graphs.</summary>
    internal static async Task<PackResult> PackAsync(PackRequest request, IPackSource source, CancellationToken cancellationToken)
    {
        if (!ManifestReader.NamePattern.IsMatch(request.Name))
        {
            throw new PackException(
                $"'{request.Name}' is not a valid model name: use lower-case letters, digits, '-', '_' or '.', "
                + "starting with a letter or digit.");
        }

        if (request.Graphs.GroupBy(Path.GetFileName).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new PackException($"Two graphs are called '{same.Key}', and a bundle keeps them by name: leave one out, or rename it.");
        }

        if (File.Exists(request.Output))
        {
            throw new PackException($"--output {request.Output}: is a file; name the folder of models.");
        }

        if (request.Tolerance is { Share: var share, Reason: null } && share > Tolerance.Usual.Share)
        {
            throw new PackException(FormattableString.Invariant(
                $"--tolerance {share}: is wider than 0.00001, the usual one; say why with --tolerance-reason, which callers can read."));
        }

        var model = Path.Combine(request.Output, request.Name);
        var version = request.Version ?? NextVersion(model);
        if (!ManifestReader.VersionPattern.IsMatch(version))
        {
            throw new PackException($"--version {version}: must be a positive whole number of at most 9 digits.");
        }

        var destination = Path.Combine(model, version);
        if (Directory.Exists(destination) && !request.Force && !request.IsTrial)
        {
            throw new PackException(
                $"{destination} exists, and a version never changes: pack another version, or replace it with --force.");
        }

        // Servers ignore a folder whose name begins with a dot; the bundle is moved out of it once it is whole.
        var workshop = Path.Combine(request.IsTrial ? Path.GetTempPath() : request.Output, $".packing-{Guid.NewGuid():n}");
        var folder = Path.Combine(workshop, request.Name, version);
        Directory.CreateDirectory(folder);
        try
        {
            var manifest = await source.WriteFilesAsync(version, folder, cancellationToken).ConfigureAwait(false);
            var golden = await CompleteAsync(request, source, manifest, folder, cancellationToken).ConfigureAwait(false);
            if (!request.IsTrial)
            {
                Directory.CreateDirectory(model);
                if (Directory.Exists(destination))
                {
                    Directory.Move(destination, Path.Combine(workshop, "replaced"));
                }

                Directory.Move(folder, destination);
            }

            return new PackResult(request.IsTrial ? null : destination, manifest, golden, source.Inputs, source.Notes);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OnnxRuntimeException)
        {
            throw new PackException($"The model cannot score the rows of the reference: {GraphProbe.Line(exception.Message)}");
        }
        finally
        {
            Directory.Delete(workshop, recursive: true);
        }
    }

    // Loaded twice: first for the order of the classes and the scores of the reference, then as it will be served.
    private static async Task<GoldenReport> CompleteAsync(
        PackRequest request, IPackSource source, JsonObject manifest, string folder, CancellationToken cancellationToken)
    {
        await WriteManifestAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
        if (request.Isolation is { } isolation && !source.IsProved)
        {
            // A verdict can be wrong at this point, because the order of the classes is not known yet.
            await ThrowIfCrashingAsync(isolation, folder, cancellationToken).ConfigureAwait(false);
        }

        var bundle = await new BundleReader().ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        using (var scorer = Load(bundle, cancellationToken))
        {
            if (request.Classes is null && ClassOrder.Find(scorer, bundle.Golden) is { } order)
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
        try
        {
            return GoldenCheck.Run(served, bundle, cancellationToken);
        }
        catch (BundleException) when (request.Tolerance is null && source.WidenTolerance(manifest))
        {
            await WriteManifestAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
            bundle = await new BundleReader().ReadAsync(folder, cancellationToken).ConfigureAwait(false);
            return GoldenCheck.Run(served, bundle, cancellationToken);
        }
    }

    private static IScorer Load(Bundle bundle, CancellationToken cancellationToken) => bundle.Model is null
        ? new OnnxRuntimeScorer(bundle, cancellationToken: cancellationToken)
        : new MlNetScorer(bundle);

    /// <summary>Runs a bundle in a process of its own.</summary>
    /// <exception cref="BundleException">It ended the process, or exceeded a limit.</exception>
    internal static async Task ThrowIfCrashingAsync(IsolatedProver isolation, string folder, CancellationToken cancellationToken)
    {
        if (await isolation.ProveAsync(folder, cancellationToken).ConfigureAwait(false) is { IsVerdict: false } crash)
        {
            throw new BundleException(crash.Faults);
        }
    }

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
        var content = await File.ReadAllBytesAsync(PackFile.Existing(source), cancellationToken).ConfigureAwait(false);
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
