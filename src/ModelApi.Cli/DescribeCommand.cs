using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;
using Spectre.Console;

namespace ModelApi.Cli;

/// <summary><c>modelapi describe</c>: shows the signature, metrics and sizes of a bundle.</summary>
internal static class DescribeCommand
{
    private const string Performance = "performance.json";

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions TaskNames = new() { Converters = { new JsonStringEnumConverter() } };
    private static readonly JsonSerializerOptions Readable = new(OneLine) { WriteIndented = true };

    public static Command Create()
    {
        var bundle = new Argument<string>("bundle")
        {
            Description = "A bundle (models/bank/1), or a model (models/bank) to take its newest version.",
        };
        var json = new Option<bool>("--json") { Description = "Writes the description as JSON." };
        var command = new Command(
            "describe", "Shows a bundle's signature, classes, metrics, sizes and digest. The files are checked, the model is not run.")
        {
            bundle, json,
        };
        command.SetRunner((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(bundle), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool json, CancellationToken cancellationToken)
    {
        var bundle = await new BundleReader().ReadAsync(BundleFolders.FindNewest(path), cancellationToken);
        var metrics = await ReadMetricsAsync(bundle, cancellationToken);
        if (json)
        {
            Console.Out.WriteLine(ToJson(bundle, metrics).ToJsonString(Readable));
        }
        else
        {
            Show(bundle, metrics, CommandRunner.Create(Console.Out, Console.IsOutputRedirected));
        }

        return ExitCodes.Success;
    }

    // The trainer decides what the file holds: all values of its "overall" are shown.
    private static async Task<JsonObject?> ReadMetricsAsync(Bundle bundle, CancellationToken cancellationToken)
    {
        if (!bundle.Manifest.Files.ContainsKey(Performance))
        {
            return null;
        }

        try
        {
            var content = await File.ReadAllTextAsync(Path.Combine(bundle.Folder, Performance), cancellationToken);
            return (JsonNode.Parse(content) as JsonObject)?["overall"] as JsonObject;
        }
        catch (JsonException exception)
        {
            throw new BundleException([new BundleFault(Performance, "", $"Not valid JSON: {exception.Message}")]);
        }
    }

    private static JsonObject ToJson(Bundle bundle, JsonObject? metrics)
    {
        var manifest = bundle.Manifest;
        var signature = manifest.Signature;
        return new JsonObject
        {
            ["name"] = manifest.Name,
            ["version"] = manifest.Version,
            ["description"] = manifest.Description,
            ["digest"] = bundle.Digest,
            ["task"] = TaskOf(signature),
            ["target"] = signature.Target,
            ["targets"] = signature.Targets.Count > 0
                ? new JsonArray([.. signature.Targets.Select(target => JsonValue.Create(target))])
                : null,
            ["classes"] = signature.Classes is { } classes
                ? new JsonArray([.. Enumerable.Range(0, classes.Count).Select(classes.ValueOf)])
                : null,
            ["returns"] = new JsonArray([.. AnswerMembers.Of(signature.Answer).Select(member => JsonValue.Create(member))]),
            ["tolerance"] = manifest.Tolerance.Share,
            ["toleranceReason"] = manifest.Tolerance.Reason,
            ["unknownCategory"] = PolicyOf(signature),
            ["instancesKey"] = signature.InstancesKey,
            ["features"] = new JsonArray([.. signature.Features.Select(ToJson)]),
            ["metrics"] = metrics?.DeepClone(),
            ["goldenRows"] = bundle.Golden.Features.Rows,
            ["files"] = new JsonArray([.. FilesOf(bundle).Select(file => new JsonObject
            {
                ["name"] = file.Name,
                ["bytes"] = file.Bytes,
                ["sha256"] = file.Sha256,
            })]),
            ["bytes"] = FilesOf(bundle).Sum(file => file.Bytes),
        };
    }

    private static JsonObject ToJson(Feature feature) => new()
    {
        ["name"] = feature.Name,
        ["type"] = TypeOf(feature),
        ["nullable"] = feature.Nullable,
        ["categories"] = feature.Categories is { } categories
            ? new JsonArray([.. categories.Names.Select(name => JsonValue.Create(name))])
            : null,
        ["missingCategory"] = feature.MissingCategory,
        ["shape"] = feature.Shape is { } shape ? new JsonArray([.. shape.Select(length => JsonValue.Create(length))]) : null,
        ["minimum"] = feature.Minimum,
        ["maximum"] = feature.Maximum,
        ["minimumLength"] = feature.MinimumLength,
        ["maximumLength"] = feature is { Type: FeatureType.String, Categories: null } ? feature.MaximumLength : null,
        ["description"] = feature.Description,
        ["example"] = feature.Example?.DeepClone(),
    };

    private static void Show(Bundle bundle, JsonObject? metrics, IAnsiConsole console)
    {
        var manifest = bundle.Manifest;
        var signature = manifest.Signature;
        console.MarkupLineInterpolated($"[bold]{manifest.Name} {manifest.Version}[/]  {manifest.Description}");
        console.WriteLine();

        var about = new Grid().AddColumns(2);
        var isRefused = signature.UnknownCategory == UnknownCategory.Reject;
        about.AddRow(
            Text("predicts"),
            Text(Predicts(signature)));
        about.AddRow(Text("answers with"), Text(string.Join(", ", AnswerMembers.Of(signature.Answer))));
        about.AddRow(Text("unknown categories"), Text(isRefused ? "are refused" : "are encoded as missing"));
        about.AddRow(Text("golden rows"), Text(Invariant($"{bundle.Golden.Features.Rows:N0}")));
        about.AddRow(Text("digest"), Text(bundle.Digest));
        console.Write(about);
        console.WriteLine();

        var features = Table("feature", "type", "values", "example", "description");
        foreach (var feature in signature.Features)
        {
            features.AddRow(
                Text(feature.Name),
                Text(TypeOf(feature) + (feature.Nullable ? " or null" : "")),
                Text(ValuesOf(feature)),
                Text(ExampleOf(feature)),
                Text(feature.Description ?? ""));
        }

        console.Write(features);

        if (metrics is not null)
        {
            var table = Table("metric", "value");
            table.Columns[1].RightAligned();
            foreach (var (name, value) in Flatten("", metrics))
            {
                table.AddRow(Text(name), Text(value));
            }

            console.Write(table);
        }

        var files = Table("file", "bytes", "SHA-256");
        files.Columns[1].RightAligned();
        foreach (var file in FilesOf(bundle))
        {
            files.AddRow(Text(file.Name), Text(Invariant($"{file.Bytes:N0}")), Text(file.Sha256 is null ? "" : file.Sha256[..12]));
        }

        files.AddRow(Text("all"), Text(Invariant($"{FilesOf(bundle).Sum(file => file.Bytes):N0}")), Text(""));
        console.Write(files);
    }

    private static IEnumerable<(string Name, long Bytes, string? Sha256)> FilesOf(Bundle bundle) =>
        bundle.Manifest.Files.Keys.Order(StringComparer.Ordinal).Prepend("model.json")
            .Select(name => (name, new FileInfo(Path.Combine(bundle.Folder, name)).Length, bundle.Manifest.Files.GetValueOrDefault(name)));

    private static IEnumerable<(string Name, string Value)> Flatten(string prefix, JsonObject metrics) =>
        metrics.SelectMany(metric => metric.Value switch
        {
            JsonObject nested => Flatten($"{prefix}{metric.Key}.", nested),
            JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out long whole) =>
                [(prefix + metric.Key, Invariant($"{whole:N0}"))],
            JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
                [(prefix + metric.Key, Invariant($"{(double)value:0.0000}"))],
            JsonValue value => [(prefix + metric.Key, value.ToString())],
            _ => Enumerable.Empty<(string, string)>(),
        });

    private static string ValuesOf(Feature feature)
    {
        const int MostListed = 12;
        return feature switch
        {
            { Categories.Names: { Count: > MostListed } names } =>
                $"{string.Join(", ", names.Take(MostListed))} and {names.Count - MostListed} more",
            { Categories.Names: var names } => string.Join(", ", names),
            { Shape: { } shape } => $"[{string.Join(", ", shape)}]",
            { Minimum: { } minimum, Maximum: { } maximum } => Invariant($"{minimum} to {maximum}"),
            { Minimum: { } minimum } => Invariant($"from {minimum}"),
            { Maximum: { } maximum } => Invariant($"up to {maximum}"),
            { MinimumLength: > 0 } => $"at least {feature.MinimumLength} character{(feature.MinimumLength == 1 ? "" : "s")}",
            _ => "",
        };
    }

    // Of a tensor, the first numbers show the form.
    private static string ExampleOf(Feature feature)
    {
        const int Longest = 60;
        var example = feature.Example?.ToJsonString(OneLine) ?? "null";
        return feature.Type == FeatureType.Tensor && example.Length > Longest ? $"{example[..Longest]}…" : example;
    }

    private static string TypeOf(Feature feature) => feature.Type.ToString().ToLowerInvariant();

    private static string TaskOf(Signature signature) => JsonSerializer.SerializeToNode(signature.Task, TaskNames)!.GetValue<string>();

    private static string Predicts(Signature signature)
    {
        var each = signature.Targets.Count > 0 ? $" ({string.Join(", ", signature.Targets)})" : "";
        return signature.Classes is { } classes
            ? $"{signature.Target}{each}: {string.Join(", ", classes.Names)}"
            : $"{signature.Target}{each}, {(signature.Targets.Count > 0 ? "numbers" : "a number")}";
    }

    private static string PolicyOf(Signature signature) =>
        signature.UnknownCategory == UnknownCategory.Reject ? "reject" : "encode-as-missing";

    private static Table Table(params string[] columns) => new Table { Border = TableBorder.Rounded }.AddColumns(columns);

    private static Text Text(string text) => new(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
