using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Packing.MlNet;
using ModelApi.Inference.Signatures;
using Spectre.Console;

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
            Description = "JSON lines with 'input' and the trainer's own 'label' and 'probabilities' (or 'label' alone, or 'value'). "
                + "Default: rows of the reference, which then has a column 'prediction', and 'p_' with each class. ML.NET writes its own.",
        };
        var goldenRows = new Option<int>("--golden-rows")
        {
            Description = "How many golden rows to fill up to, from a reference with a column 'prediction'.",
            DefaultValueFactory = _ => 200,
        };
        goldenRows.Validators.Add(result =>
        {
            var token = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (int.TryParse(token, CultureInfo.InvariantCulture, out var rows) && rows is < 1 or > 1000)
            {
                result.AddError($"--golden-rows {token}: must be 1 to 1000, as many as a server reads.");
            }
        });
        var output = new Option<string>("--output", "-o") { Description = "The folder of models.", DefaultValueFactory = _ => "models" };
        var version = new Option<string?>("--version") { Description = "The version's number. Default: the next free one." };
        var description = new Option<string?>("--description") { Description = "What the model predicts and from what, for people." };
        var performance = new Option<string?>("--performance") { Description = "JSON of held-out metrics." };
        var arguments = new Option<string?>("--args") { Description = "JSON of training arguments." };
        var features = new Option<string?>("--features")
        {
            Description = "JSON that describes features: {\"age\":{\"description\":\"…\",\"minimum\":18}}; replaces what was inferred.",
        };
        var target = new Option<string?>("--target")
        {
            Description = "The predicted column. Default: the one that no golden input holds.",
        };
        var task = new Option<string?>("--task") { Description = "What is predicted. Default: what the golden rows show." };
        task.AcceptOnlyFromAmong("classification", "regression", "multilabel", "outlier-detection", "clustering", "ranking");
        var classes = NameOption("--classes", "The classes in the order of the probabilities: NAME,NAME. Default: the golden ones.");
        var targets = NameOption("--targets", "The names of several targets, in the order of the values: NAME,NAME.");
        var answers = PairOption(
            "--answer",
            "PART=OUTPUT",
            "The graph output that holds a part of the answer, where it cannot be inferred: label, probabilities, scores, value; "
            + "or others=OUTPUT,OUTPUT, which are returned as they are.");
        var tolerance = new Option<double?>("--tolerance")
        {
            Description = "How far probabilities may be from the trainer's; of other numbers, times their scale. At most 0.001.",
        };
        tolerance.Validators.Add(result =>
        {
            var token = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (double.TryParse(token, CultureInfo.InvariantCulture, out var share) && share is not (> 0 and <= 1e-3))
            {
                result.AddError(
                    $"--tolerance {token}: must be greater than 0 and at most 0.001. "
                    + "A model that differs more from its trainer is another.");
            }
        });
        var toleranceReason = new Option<string?>("--tolerance-reason") { Description = "Why it is wider; callers can read it." };
        toleranceReason.Validators.Add(result =>
        {
            if (result.GetResult(tolerance) is null)
            {
                result.AddError("--tolerance-reason: there is no --tolerance that it is the reason for.");
            }
        });
        var unknown = new Option<string?>("--unknown-category")
        {
            Description = "reject or encode-as-missing. Default: what the encoder was fitted to do.",
        };
        unknown.AcceptOnlyFromAmong("reject", "encode-as-missing");
        var instancesKey = new Option<string?>("--instances-key")
        {
            Description = "The key of a request that holds rows. Default: instances.",
        };
        var inputs = PairOption(
            "--input",
            "INPUT=SOURCE",
            "The source of a graph input, where it cannot be inferred: INPUT=SOURCE[,SOURCE…]. "
            + "A name with a comma, an equals sign or a quote is quoted: X=\"a,b\",c.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows the signature as a table and checks the model; writes nothing." };
        var force = new Option<bool>("--force") { Description = "Replaces a version that exists." };
        var isolation = IsolationOption.Create();
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        var command = new Command(
            "pack",
            "Makes a bundle of ONNX graphs, training rows and golden rows, and checks it. "
            + "Types, categories, ranges, examples, wiring and histograms are inferred.")
        {
            graphs, name, reference, golden, goldenRows, output, version, description, performance, arguments,
            features, target, task, classes, targets, answers, tolerance, toleranceReason, unknown, instancesKey, inputs,
            dryRun, force, isolation, json,
        };
        command.SetRunner((parsed, cancellationToken) => RunAsync(
            new PackRequest
            {
                Name = parsed.GetRequiredValue(name),
                Graphs = parsed.GetRequiredValue(graphs),
                Reference = ReferenceTable.ReadCsv(parsed.GetRequiredValue(reference)),
                Golden = parsed.GetValue(golden) is { } rows ? PackFile.Existing(rows) : null,
                GoldenRows = parsed.GetValue(goldenRows),
                Output = parsed.GetRequiredValue(output),
                Version = parsed.GetValue(version),
                Description = parsed.GetValue(description),
                Target = parsed.GetValue(target),
                Task = parsed.GetValue(task),
                Classes = NamesOf(parsed.GetValue(classes)),
                Targets = NamesOf(parsed.GetValue(targets)),
                Answer = PairsOf(parsed.GetValue(answers)),
                Tolerance = parsed.GetValue(tolerance) is { } share ? (share, parsed.GetValue(toleranceReason)) : null,
                IsTrial = parsed.GetValue(dryRun),
                UnknownCategory = parsed.GetValue(unknown) switch
                {
                    null => null,
                    "reject" => UnknownCategory.Reject,
                    _ => UnknownCategory.EncodeAsMissing,
                },
                InstancesKey = parsed.GetValue(instancesKey),
                Inputs = PairsOf(parsed.GetValue(inputs)),
                Features = parsed.GetValue(features) is { } file ? ReadFeatures(file) : null,
                Files = new[] { ("performance.json", parsed.GetValue(performance)), ("args.json", parsed.GetValue(arguments)) }
                    .Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => PackFile.Existing(pair.Item2!)),
                Force = parsed.GetValue(force),
                Isolation = IsolationOption.ToProver(parsed.GetRequiredValue(isolation)),
            },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(PackRequest request, bool json, CancellationToken cancellationToken)
    {
        var result = request.Graphs is [var file] && MlNetPacker.IsPipeline(file)
            ? await MlNetPacker.PackAsync(request, cancellationToken)
            : await BundlePacker.PackAsync(request, cancellationToken);
        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new
            {
                folder = result.Folder,
                goldenRows = result.Golden.Rows,
                largestDifference = result.Golden.LargestDifference,
                allowedDifference = result.Golden.Allowed,
                notes = result.Notes,
                manifest = request.IsTrial ? result.Manifest : null,
            }));
            return ExitCodes.Success;
        }

        if (request.IsTrial)
        {
            PackReport.ShowSignature(result, CommandRunner.Create(Console.Out, Console.IsOutputRedirected));
        }

        await Console.Out.WriteLineAsync(PackReport.Summarize(result));
        foreach (var note in result.Notes)
        {
            CommandRunner.Console.MarkupLineInterpolated($"[yellow]{note}[/]");
        }

        return ExitCodes.Success;
    }

    private static Option<string?> NameOption(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => NameList.TryParse(token.Value) is null))
            {
                result.AddError($"{name} {token.Value}: must be NAME,NAME; a name with a comma or a quote is quoted: \"a,b\",c.");
            }
        });
        return option;
    }

    private static Option<string[]> PairOption(string name, string form, string description)
    {
        var option = new Option<string[]>(name) { Description = description };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => NameList.TryParsePair(token.Value) is null))
            {
                result.AddError(
                    $"{name} {token.Value}: must be {form}; a name with a comma, an equals sign or a quote is quoted: X=\"a,b\",c.");
            }
        });
        return option;
    }

    private static IReadOnlyList<string>? NamesOf(string? text) => text is null ? null : NameList.TryParse(text);

    private static Dictionary<string, IReadOnlyList<string>> PairsOf(string[]? texts)
    {
        var pairs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (key, names) in (texts ?? []).Select(text => NameList.TryParsePair(text)!.Value))
        {
            if (!pairs.TryAdd(key, names))
            {
                throw new UsageException($"'{key}' is given twice; name all of its sources in one option.");
            }
        }

        return pairs;
    }

    private static JsonObject ReadFeatures(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(PackFile.Existing(file))) as JsonObject
                ?? throw new CommandException($"{file} must hold a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new CommandException($"{file} is not JSON: {exception.Message}");
        }
    }
}
