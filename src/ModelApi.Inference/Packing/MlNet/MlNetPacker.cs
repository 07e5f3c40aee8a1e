using System.Text;
using System.Text.Json.Nodes;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.MlNet;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing.MlNet;

/// <summary>Makes a bundle of a saved ML.NET pipeline and training rows.</summary>
/// <remarks>
/// The golden rows are ML.NET's own answers to rows of the reference. The bundle holds ONNX where the conversion gives those answers, and
/// the zip itself where it does not.
/// </remarks>
public sealed class MlNetPacker : IPackSource
{
    private const string GraphFileName = "model.onnx";
    private const string ZipFileName = "model.zip";
    // They cost nothing to make.
    private const int MostGolden = 300;

    // What floats lose when they are added in another order.
    private const double SameShare = 1e-6;

    private readonly PackRequest _request;
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, string> _inputs = [];

    private MlNetPacker(PackRequest request) => _request = request;

    IReadOnlyDictionary<string, string> IPackSource.Inputs => _inputs;

    IReadOnlyList<string> IPackSource.Notes => _notes;

    bool IPackSource.IsProved => false;

    /// <summary>Whether a file is a saved pipeline rather than a graph, by its name.</summary>
    public static bool IsPipeline(string file) => file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes the bundle, checks it as a server would, and only then puts it into the folder of models.</summary>
    /// <param name="request">Its graphs are the zip alone.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="PackException">A file or a fact is missing, and the fact cannot be inferred.</exception>
    /// <exception cref="BundleException">The bundle would not be served.</exception>
    public static Task<PackResult> PackAsync(PackRequest request, CancellationToken cancellationToken) =>
        BundlePacker.PackAsync(request, new MlNetPacker(request), cancellationToken);

    async Task<JsonObject> IPackSource.WriteFilesAsync(string version, string folder, CancellationToken cancellationToken)
    {
        ThrowIfNotApplicable();
        var zip = Read(_request.Graphs[0], cancellationToken);
        using var model = MlNetModel.Load(zip);
        var answer = AnswerColumns.Find(model);
        var manifest = new MlNetManifest(_request, model, answer, _notes);
        var json = manifest.Create(version);
        var place = new JsonObject { ["file"] = ZipFileName };
        foreach (var (column, feed) in manifest.Feeds())
        {
            _inputs.TryAdd(column, feed);
        }

        if (manifest.CreateInputs() is { Count: > 0 } inputs)
        {
            place["inputs"] = inputs;
        }

        json["model"] = place;
        json["outputs"] = manifest.CreateOutputs(areProbabilities: answer.AreProbabilities);
        var parsed = Parse(json);
        var features = ReadRows(parsed.Signature);
        var sources = MlNetPlan.Connect(parsed, parsed.Model!, model).Sources;
        var rows = TransformedRows.Read(model, sources, features, answer);
        if (answer is { Task: ModelTask.Classification, AreProbabilities: false } && rows.SumToOne)
        {
            json["outputs"] = manifest.CreateOutputs(areProbabilities: true);
            parsed = Parse(json);
        }

        await BundlePacker.CopyFilesAsync(_request.Files, folder, cancellationToken).ConfigureAwait(false);
        var most = Math.Max(_request.GoldenRows, MostGolden);
        rows.WriteGolden(features, parsed.Signature, _request.Reference.Rows, most, Path.Combine(folder, GoldenRows.FileName));
        var converted = OnnxConversion.TryConvert(model, sources, features, answer.NamesInGraph);
        var reason = converted.Reason;
        if (converted.Graph is { } graph)
        {
            var graphPath = Path.Combine(folder, GraphFileName);
            await File.WriteAllBytesAsync(graphPath, graph, cancellationToken).ConfigureAwait(false);
            var ofGraph = manifest.ToGraph(json, GraphFileName);
            var difference = await FindDifferenceAsync(ofGraph, folder, rows, cancellationToken).ConfigureAwait(false);
            if (difference is null)
            {
                // The zip stays what was trained; a server that runs the graph only compares its digest.
                await File.WriteAllBytesAsync(Path.Combine(folder, ZipFileName), zip.Content, cancellationToken).ConfigureAwait(false);
                _notes.Add("Converted to ONNX, which gives ML.NET's answers to the rows of the reference.");
                return ofGraph;
            }

            reason = $"converted to ONNX, {difference}";
            File.Delete(graphPath);
        }

        _notes.Add($"Served by ML.NET itself: {reason}.");
        place["reason"] = $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.";
        await File.WriteAllBytesAsync(Path.Combine(folder, ZipFileName), zip.Content, cancellationToken).ConfigureAwait(false);
        return json;
    }

    // The answers are ML.NET's own, compared with what ML.NET or its conversion gives.
    bool IPackSource.WidenTolerance(JsonObject manifest) => false;

    // What a pipeline says of itself is not to be told, and a value that is ignored would be believed.
    private void ThrowIfNotApplicable()
    {
        (string Option, bool IsGiven)[] options =
        [
            ("--golden", _request.Golden is not null),
            ("--answer", _request.Answer.Count > 0),
            ("--task", _request.Task is not null),
            ("--classes", _request.Classes is not null),
            ("--targets", _request.Targets is not null),
        ];
        foreach (var (option, _) in options.Where(option => option.IsGiven))
        {
            throw new PackException(
                $"{option} is for ONNX graphs. A pipeline of ML.NET says itself what it predicts, and its own answers to the rows of the "
                + "reference become the golden rows: leave the option out.");
        }
    }

    /// <summary>The rows of the reference and, where unknown categories are scored, one for each feature that has some.</summary>
    private FeatureBatch ReadRows(Signature signature)
    {
        var features = ReferenceReader.Read(_request.Reference, signature);
        if (signature.UnknownCategory == UnknownCategory.EncodeAsMissing)
        {
            UnknownRows.Append(features);
        }

        return features;
    }

    private static ModelZip Read(string file, CancellationToken cancellationToken)
    {
        var limits = new BundleLimits();
        if (new FileInfo(PackFile.Existing(file)).Length > limits.MaxFileBytes)
        {
            throw new PackException($"{file} has more than {limits.MaxFileBytes} bytes.");
        }

        var faults = new BundleFaults();
        var zip = ModelZipReader.Read(Path.GetFileName(file), File.ReadAllBytes(file), limits, faults, cancellationToken);
        return faults.Count == 0 ? zip : throw new BundleException(faults);
    }

    private static BundleManifest Parse(JsonObject json)
    {
        var complete = (JsonObject)json.DeepClone();
        complete["files"] = new JsonObject { [ZipFileName] = new string('0', 64), [GoldenRows.FileName] = new string('0', 64) };
        var faults = new BundleFaults();
        var manifest = new ManifestReader(new BundleLimits())
            .Read(Encoding.UTF8.GetBytes(complete.ToJsonString()), faults, new Dictionary<string, string>());
        return manifest is null ? throw new BundleException(faults) : manifest with { Signature = ModelAnswer.SignatureOf(manifest) };
    }

    /// <returns>How the graph's answers differ from ML.NET's, or why it gives none; null when they are the same.</returns>
    private async Task<string?> FindDifferenceAsync(
        JsonObject manifest, string folder, TransformedRows rows, CancellationToken cancellationToken)
    {
        try
        {
            await BundlePacker.WriteManifestAsync(manifest, folder, cancellationToken).ConfigureAwait(false);
            var bundle = await new BundleReader().ReadAsync(folder, cancellationToken).ConfigureAwait(false);
            using var scorer = new OnnxRuntimeScorer(bundle, cancellationToken: cancellationToken);
            var features = ReadRows(bundle.Manifest.Signature);
            var predictions = new PredictionBatch(bundle.Manifest.Signature);
            scorer.Score(features, predictions, cancellationToken);
            return rows.FindDifference(predictions, SameShare);
        }
        catch (BundleException exception)
        {
            return $"it is not served ({exception.Faults[0].Message.TrimEnd('.')})";
        }
        catch (Exception exception) when (exception is InvalidOperationException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            return $"it fails ({exception.Message.Split('\n')[0].TrimEnd('.')})";
        }
    }
}
