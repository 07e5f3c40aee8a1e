using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Packing.MlNet;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Signatures;

namespace ModelApi.Cli;

/// <summary><c>modelapi pack</c>: makes a bundle that a server accepts of the files of a training.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var graphs = new Argument<string[]>("graph")
        {
            Description = "ONNX files in the order in which they run: an encoder, then a classifier; or one pipeline; or a zip of ML.NET.",
            Arity = ArgumentArity.OneOrMore,
        };
        var name = new Option<string>("--name") { Description = "The name that clients will call.", Required = true };
        var reference = new Option<string>("--reference")
        {
            Description = "CSV of training rows: the columns that the graphs read, and the target.",
            Required = true,
        };
        var golden = new Option<string?>("--golden")
        {
            Description = "JSON lines with 'input' and the trainer's own 'label' and 'probabilities' (or 'value'). ML.NET writes its own.",
        };
        var output = new Option<string>("--output", "-o") { Description = "The folder of models.", DefaultValueFactory = _ => "models" };
        var version = new Option<string?>("--version") { Description = "The version's number. Default: the next free one." };
        var description = new Option<string?>("--description") { Description = "What the model predicts and from what, for people." };
        var performance = new Option<string?>("--performance") { Description = "JSON of held-out metrics." };
        var arguments = new Option<string?>("--args") { Description = "JSON of training arguments." };
        var features = new Option<string?>("--features")
        {
            Description = "JSON that describes features: {\"age\":{\"description\":\"…\",\"minimum\":18}}; replaces what was inferred.",
        };
        var target = new Option<string?>("--target") { Description = "The predicted column. Default: the one that no graph reads." };
        var unknown = new Option<string?>("--unknown-category")
        {
            Description = "reject or encode-as-missing. Default: what the encoder was fitted to do.",
        };
        unknown.AcceptOnlyFromAmong("reject", "encode-as-missing");
        var instancesKey = new Option<string?>("--instances-key")
        {
            Description = "The key of a request that holds rows. Default: instances.",
        };
        var inputs = new Option<string[]>("--input")
        {
            Description = "The source of a graph input, where it cannot be inferred: INPUT=SOURCE[,SOURCE…].",
        };
        inputs.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.Split('=', 2) is not [{ Length: > 0 }, { Length: > 0 }]))
            {
                result.AddError($"--input {token.Value}: must be INPUT=SOURCE[,SOURCE…].");
            }
        });
        var force = new Option<bool>("--force") { Description = "Replaces a version that exists." };
        var isolation = IsolationOption.Create();
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        var command = new Command(
            "pack",
            "Makes a bundle of ONNX graphs, training rows and golden rows, and checks it. "
            + "Types, categories, ranges, examples, wiring and histograms are inferred.")
        {
            graphs, name, reference, golden, output, version, description, performance, arguments,
            features, target, unknown, instancesKey, inputs, force, isolation, json,
        };
        command.SetRunner((parsed, cancellationToken) => RunAsync(
            new PackRequest
            {
                Name = parsed.GetRequiredValue(name),
                Graphs = parsed.GetRequiredValue(graphs),
                Reference = ReferenceTable.ReadCsv(parsed.GetRequiredValue(reference)),
                Golden = parsed.GetValue(golden) is { } rows ? Existing(rows) : null,
                Output = parsed.GetRequiredValue(output),
                Version = parsed.GetValue(version),
                Description = parsed.GetValue(description),
                Target = parsed.GetValue(target),
                UnknownCategory = parsed.GetValue(unknown) switch
                {
                    null => null,
                    "reject" => UnknownCategory.Reject,
                    _ => UnknownCategory.EncodeAsMissing,
                },
                InstancesKey = parsed.GetValue(instancesKey),
                Inputs = (parsed.GetValue(inputs) ?? []).Select(ReadInput).ToDictionary(pair => pair.Input, pair => pair.Sources),
                Features = parsed.GetValue(features) is { } file ? ReadFeatures(file) : null,
                Files = new[] { ("performance.json", parsed.GetValue(performance)), ("args.json", parsed.GetValue(arguments)) }
                    .Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => Existing(pair.Item2!)),
                Force = parsed.GetValue(force),
                Isolation = IsolationOption.ToProver(parsed.GetRequiredValue(isolation)),
            },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(PackRequest request, bool json, CancellationToken cancellationToken)
    {
        if (request.Graphs is [var file] && MlNetPacker.IsPipeline(file))
        {
            var packed = await MlNetPacker.PackAsync(request, cancellationToken);
            return await WriteAsync(packed.Folder, packed.Golden, packed.Notes, json);
        }

        var (folder, golden) = await BundlePacker.PackAsync(request, cancellationToken);
        return await WriteAsync(folder, golden, [], json);
    }

    private static async Task<int> WriteAsync(string folder, GoldenReport golden, IReadOnlyList<string> notes, bool json)
    {
        await Console.Out.WriteLineAsync(json
            ? JsonSerializer.Serialize(new { folder, goldenRows = golden.Rows, largestDifference = golden.LargestDifference, notes })
            : string.Join(Environment.NewLine, notes.Append(FormattableString.Invariant(
                $"{folder}: {golden.Rows} golden rows reproduced, largest difference {golden.LargestDifference:g2}"))));
        return ExitCodes.Success;
    }

    private static string Existing(string file) =>
        File.Exists(file) ? file : throw new CommandException($"There is no file '{file}'; check the path.");

    private static (string Input, IReadOnlyList<string> Sources) ReadInput(string text)
    {
        var parts = text.Split('=', 2);
        return (parts[0], parts[1].Split(','));
    }

    private static JsonObject ReadFeatures(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Existing(file))) as JsonObject
                ?? throw new CommandException($"{file} must hold a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new CommandException($"{file} is not JSON: {exception.Message}");
        }
    }
}
