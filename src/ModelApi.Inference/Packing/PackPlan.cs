using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Inference.Packing;

/// <summary>What is known of a bundle before its graphs have run: features, wiring and golden rows.</summary>
internal sealed class PackPlan
{
    private readonly PackRequest _request;
    private readonly IReadOnlyList<GraphFile> _graphs;
    private readonly Encoders _encoders;
    private readonly ColumnRoles _roles;
    private readonly SignatureInference _signature;
    private readonly GoldenFacts _golden;
    private readonly List<string> _notes = [];

    private PackPlan(PackRequest request, IReadOnlyList<GraphFile> graphs, Encoders encoders)
    {
        (_request, _graphs, _encoders) = (request, graphs, encoders);
        var given = request.Golden is null ? null : ReadLines(request.Golden);
        var facts = given is null ? null : GoldenFacts.Read(given, request.Golden!);
        ToldOutputs.ThrowIfUnknown(request.Answer.Keys);
        _roles = ColumnRoles.Find(request, facts);
        if (given is null && _roles.Prediction is null)
        {
            throw new PackException(
                "There are no golden rows: name a file of them with --golden, or add the trainer's predictions to the reference as a "
                + "column 'prediction' (and 'p_' with the class for each probability).");
        }

        _signature = new SignatureInference(request, graphs, encoders, _roles, facts);
        _signature.Infer();
        GoldenLines = [.. given ?? [], .. MoreGolden(facts)];
        _golden = GoldenFacts.Read(GoldenLines, request.Golden ?? "The reference");
        if (_golden.Answers.Count < Math.Min(request.GoldenRows, request.Reference.Rows))
        {
            _notes.Add(
                $"{_golden.Answers.Count} golden rows; {request.GoldenRows} show faults of converters that fewer miss. Write more, or "
                + (_roles.Prediction is null
                    ? "add the trainer's predictions to the reference as a column 'prediction' (and 'p_…' with each class): "
                        + "pack takes them from there."
                    : "let the reference hold what the golden rows hold: its 'prediction' "
                        + $"{(_roles.Probabilities.Count > 1 ? "and 'p_…' make" : "makes")} other answers than their "
                        + $"{InputMatching.Quote(_golden.Answers[0].Keys)}."));
        }
    }

    /// <summary>The golden rows of the bundle.</summary>
    public IReadOnlyList<string> GoldenLines { get; }

    /// <summary>Sentences about what was found, left out or should be better.</summary>
    public IReadOnlyList<string> Notes => [.. _notes, .. _roles.Notes];

    /// <exception cref="PackException">A fact is missing and cannot be inferred.</exception>
    public static PackPlan Make(PackRequest request, IReadOnlyList<GraphFile> graphs, IEnumerable<byte[]> contents) =>
        new(request, graphs, new Encoders(contents));

    /// <summary>By feature, the graph inputs that it feeds.</summary>
    public IReadOnlyDictionary<string, string> Inputs() => _signature.Feeds
        .GroupBy(feed => feed.Feature, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => string.Join(", ", group.Select(feed => $"{feed.Input.Name} of {feed.File}")));

    /// <summary>A manifest with which the graphs run: a regression of the first output that holds numbers.</summary>
    public JsonObject ProbeManifest(string version)
    {
        var manifest = Begin(version, "regression", "probe");
        var output = ProbedOutput();
        if (output?.Dimensions is [_, > 1 and <= 10_000 and var columns])
        {
            manifest["targets"] = new JsonArray([.. Enumerable.Range(0, (int)columns).Select(target => JsonValue.Create($"t{target}"))]);
        }

        manifest["outputs"] = new JsonObject { ["value"] = output?.Name ?? _graphs[^1].Outputs.Select(any => any.Name).FirstOrDefault("") };
        return manifest;
    }

    /// <summary>The golden rows of <see cref="ProbeManifest"/>.</summary>
    public IEnumerable<string> ProbeRows()
    {
        var value = ProbedOutput()?.Dimensions is [_, > 1 and <= 10_000 and var columns]
            ? $"[{string.Join(',', Enumerable.Repeat("0", (int)columns))}]"
            : "0";
        foreach (var line in GoldenLines.Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            using var row = JsonDocument.Parse(line);
            yield return $$"""{"input":{{row.RootElement.GetProperty("input").GetRawText()}},"value":{{value}}}""";
        }
    }

    /// <summary>Runs the graphs on the golden rows.</summary>
    /// <exception cref="PackException">ONNX Runtime cannot run a graph.</exception>
    /// <exception cref="BundleException">The features do not fit the graphs, or the golden rows not the features.</exception>
    public IReadOnlyList<ProbedOutput> Probe(string version, CancellationToken cancellationToken)
    {
        var limits = new BundleLimits();
        var faults = new BundleFaults();
        var json = ProbeManifest(version);
        json["files"] = new JsonObject(
            _graphs.Select(graph => graph.File).Append(GoldenRows.FileName).Distinct()
                .Select(file => KeyValuePair.Create(file, (JsonNode?)JsonValue.Create(new string('0', 64)))));
        var manifest = new ManifestReader(limits).Read(
            Encoding.UTF8.GetBytes(json.ToJsonString()), faults, new Dictionary<string, string>());
        ThrowIfFaulty(faults);
        var wired = GraphWiring.Connect(manifest!, _graphs, faults);
        ThrowIfFaulty(faults);
        var rows = Encoding.UTF8.GetBytes(string.Join('\n', ProbeRows()));
        var golden = GoldenRows.Read(rows, wired.Signature, limits, faults, cancellationToken: cancellationToken);
        ThrowIfFaulty(faults);
        return GraphProbe.Run(wired.Steps, golden.Features, cancellationToken);
    }

    // What the outputs hold is not known yet, so what is wrong about them is no fault of the model.
    private static void ThrowIfFaulty(BundleFaults faults)
    {
        if (faults.ToList().Where(fault => !fault.Path.StartsWith("$.outputs", StringComparison.Ordinal)).ToList() is { Count: > 0 } real)
        {
            throw new BundleException(real);
        }
    }

    /// <summary>The manifest, except its digests and the order of its classes.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="outputs">What the graphs' outputs held for the golden rows.</param>
    public JsonObject Manifest(string version, IReadOnlyList<ProbedOutput> outputs)
    {
        var answer = new AnswerInference(_request, _golden, outputs, _graphs[^1].File).Infer();
        _notes.AddRange(answer.Notes);
        _roles.FindTargets(_signature.Features.Select(feature => (string)feature["name"]!).ToList(), answer.ClassTexts, answer.Targets);
        var target = _request.Target ?? (_roles.Targets is [var only] ? only : "prediction");
        var manifest = Begin(version, answer.Task, target);
        if (answer.Classes is not null)
        {
            manifest["classes"] = answer.Classes;
        }

        if (answer.Targets > 1)
        {
            manifest["targets"] = new JsonArray([.. TargetNames(answer, target).Select(name => JsonValue.Create(name))]);
        }

        manifest["outputs"] = answer.Outputs;
        if (_request.Tolerance is { } tolerance)
        {
            manifest["tolerance"] = tolerance.Share;
            if (tolerance.Reason is not null)
            {
                manifest["toleranceReason"] = tolerance.Reason;
            }
        }

        return manifest;
    }

    /// <summary>Widens the tolerance of a model whose graph is known to round more than others; told as a note.</summary>
    /// <returns>Whether it is such a model.</returns>
    public bool WidenTolerance(JsonObject manifest)
    {
        // The logarithms of naive Bayes sum to hundreds, of which a 32-bit float keeps five digits behind the point.
        const double Wider = 1e-4;
        if (!_encoders.AddsLogarithms)
        {
            return false;
        }

        var reason = "The graph adds logarithms in 32-bit floats (ReduceLogSumExp), which the trainer does in 64 bits.";
        manifest["tolerance"] = Wider;
        manifest["toleranceReason"] = reason;
        _notes.Add($"The tolerance is 0.0001, ten times the usual: {reason} Another one is set with --tolerance.");
        return true;
    }

    private IReadOnlyList<string> TargetNames(Answer answer, string target)
    {
        var names = _request.Targets ?? answer.TargetNames ?? (_roles.Targets.Count == answer.Targets ? _roles.Targets : null);
        if (names is null)
        {
            names = [.. Enumerable.Range(1, answer.Targets).Select(number => $"{target}_{number.ToString(CultureInfo.InvariantCulture)}")];
            _notes.Add($"The targets are called {InputMatching.Quote(names)}: name them with --targets {string.Join(',', names)}.");
        }

        return names.Count == answer.Targets ? names : throw new PackException(
            $"--targets names {names.Count}, and the golden rows hold {answer.Targets} values.");
    }

    private JsonObject Begin(string version, string task, string target)
    {
        var manifest = new JsonObject
        {
            ["$schema"] = "../../model.schema.json",
            ["name"] = _request.Name,
            ["version"] = version,
            ["description"] = _request.Description ?? Summarize(target),
            ["task"] = task,
            ["target"] = new JsonObject { ["name"] = target },
        };
        if (_request.InstancesKey is { } key)
        {
            manifest["instancesKey"] = key;
        }

        manifest["unknownCategory"] = _signature.UnknownCategory == UnknownCategory.Reject ? "reject" : "encode-as-missing";
        manifest["features"] = new JsonArray([.. _signature.Features.Select(feature => feature.DeepClone())]);
        manifest["graphs"] = _signature.Graphs();
        return manifest;
    }

    private string Summarize(string target)
    {
        const int MostNamed = 10;
        var names = _signature.Features.Select(feature => (string)feature["name"]!).ToList();
        return $"Predicts {target} from {string.Join(", ", names.Take(MostNamed))}{(names.Count > MostNamed ? " and more" : "")}.";
    }

    private GraphTensor? ProbedOutput() => _graphs[^1].Outputs.FirstOrDefault(output =>
        output.ElementType is { } type && type != TensorElementType.Bool && InputRanges.Of(type) is not null);

    private IEnumerable<string> MoreGolden(GoldenFacts? facts)
    {
        var missing = _request.GoldenRows - (facts?.Answers.Count ?? 0);
        if (missing <= 0 || _roles.Prediction is null)
        {
            return [];
        }

        var maker = new GoldenMaker(_request.Reference, _roles, _signature.Features);
        if (facts is not null)
        {
            // Only rows that hold the same parts of the answer can stand beside the given ones.
            var isValue = facts.Has("value") && facts.Answers[0].Count == 1 && !GoldenItems.AreSeveral(facts.Answers[0]["value"]);
            var fits = isValue || facts.Has("label") && !GoldenItems.AreSeveral(facts.Answers[0]["label"])
                && facts.Answers[0].Count == (_roles.Probabilities.Count > 1 ? 2 : 1)
                && facts.Has("probabilities") == _roles.Probabilities.Count > 1;
            return fits ? maker.Make(missing, isValue ? null : LabelValues.OfGolden(facts.Answers.Select(answer => answer["label"]))) : [];
        }

        var cells = _request.Reference.Find(_roles.Prediction)!;
        var hasLabel = _roles.Probabilities.Count > 0 || _graphs[^1].Outputs.Any(output =>
            output.ElementType is TensorElementType.String or TensorElementType.Int64 or TensorElementType.Int32);
        return maker.Make(missing, hasLabel ? LabelValues.OfTexts([.. cells]) : null);
    }

    private static IReadOnlyList<string> ReadLines(string file)
    {
        PackFile.ThrowIfNotText(PackFile.Existing(file));
        return [.. File.ReadLines(file)];
    }
}
