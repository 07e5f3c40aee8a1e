using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Files;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Cli;

/// <summary><c>modelapi score</c>: scores the rows of a file, whatever its size.</summary>
internal static class ScoreCommand
{
    private const string Standard = ScoreRequest.Standard;
    private const string Auto = "auto";

    private const string Answers =
        "A CSV gets the columns prediction and p_<class>, a row of JSONL the members prediction and probabilities; "
        + "for a regression only the prediction. Columns and keys that are not features are kept and ignored.";

    private const string InvalidRows =
        "They are left out of the output and go into the file of rejects, with their line, text and reasons. "
        + "Unknown categories follow the bundle's policy. Numbers out of the range seen in training are scored, and counted.";

    private static readonly string Cells =
        "An empty cell is a missing value, which only a nullable feature may have; in a column of numbers or booleans so is "
        + string.Join(", ", CellFeatureReader.MissingMarkers.Take(6))
        + " and the other texts that pandas reads as one. Numbers have a decimal point, booleans are true or false; "
        + "everything else is as in JSON.";

    private static readonly string Notes = $"""
        Answers:
          {Answers}

        Invalid rows:
          {InvalidRows}

        Values in a CSV:
          {Cells}

        {ExitCodes.Notes}
        """;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var bundle = new Argument<string>("bundle")
        {
            Description = "A bundle (models/bank/1), or a model (models/bank) to take its newest version.",
        };
        var input = new Argument<string?>("input")
        {
            Description = "A CSV or JSONL file; - or nothing is standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The output, in the format of the input; - or nothing is standard output. "
                + "A file is complete or absent: it gets its name only when all of it is written.",
            HelpName = "file",
        };
        var rejects = new Option<string?>("--rejects")
        {
            Description = "The file of invalid rows, as JSON lines with line, errors by feature and text; only created if there are any. "
                + "Default: the output's name with .rejects.jsonl; none if the output is standard output.",
            HelpName = "file",
        };
        var force = new Option<bool>("--force") { Description = "Replaces an output and a file of rejects that exist." };
        var format = new Option<string?>("--format")
        {
            Description = "csv or jsonl. Default: by the input's name, else by its first byte.",
        };
        format.AcceptOnlyFromAmong("csv", "jsonl");
        var delimiter = new Option<string?>("--delimiter")
        {
            Description = "The separator of a CSV: one character, or tab. Default: the one of , ; tab | that fits the features.",
            HelpName = "character",
        };
        delimiter.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && ParseDelimiter(text) is null)
            {
                result.AddError("--delimiter takes one ASCII character other than a quote, or the word tab.");
            }
        });
        var prefix = new Option<string?>("--prefix")
        {
            Description = "Begins the names of the added columns or members.",
            HelpName = "text",
        };
        var engine = new Option<string>("--engine")
        {
            Description = "onnxruntime, or auto: compiled code if the model allows it and it reproduces the golden rows.",
            DefaultValueFactory = _ => Auto,
        };
        engine.AcceptOnlyFromAmong(Auto, "onnxruntime");
        var json = new Option<bool>("--json")
        {
            Description = "Writes the summary as JSON, to standard output unless the rows go there.",
        };
        var help = new HelpOption { Action = new CommandHelp(Notes) };
        var command = new Command(
            "score", "Scores the rows of a CSV or JSONL file of any size; each row is kept as it is and gets its prediction.")
        {
            bundle, input, output, rejects, force, format, delimiter, prefix, engine, json, help,
        };
        command.SetRunner((parsed, cancellationToken) =>
        {
            var to = parsed.GetValue(output) ?? Standard;
            var request = new ScoreRequest
            {
                Bundle = parsed.GetRequiredValue(bundle),
                Input = parsed.GetValue(input) ?? Standard,
                Output = to,
                Rejects = parsed.GetValue(rejects) ?? (to == Standard || AtomicFileStream.IsDevice(to) ? null : to + ".rejects.jsonl"),
                Force = parsed.GetValue(force),
                Format = ParseFormat(parsed.GetValue(format)),
                Delimiter = ParseDelimiter(parsed.GetValue(delimiter)),
                Prefix = parsed.GetValue(prefix) ?? "",
                MayCompile = parsed.GetRequiredValue(engine) == Auto,
                Json = parsed.GetValue(json),
            };
            return RunAsync(request, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        request.Check();
        using var input = InputFile.Open(request.Input);
        using var version = await LoadAsync(request, cancellationToken);
        var start = Stopwatch.GetTimestamp();

        // On another thread, because standard input may wait long for its first line.
        var options = new RowFileOptions
        {
            Format = request.Format ?? FileFormats.OfName(request.Input),
            Separator = request.Delimiter,
            Prefix = request.Prefix,
        };
        var signature = version.Manifest!.Signature;
        using var rows = await Task.Run(() => RowFile.Open(input.Stream, input.Name, signature, options), cancellationToken)
            .WaitAsync(cancellationToken);
        foreach (var remark in rows.Remarks)
        {
            Tell(remark);
        }

        var result = await ScoreAsync(rows, input, version, request, cancellationToken);
        var summary = new ScoreSummary
        {
            Model = version.Model,
            Version = version.Version,
            Engine = version.Scorer!.Engine,
            Output = request.OutputFile,
            Rejects = result.Rejected > 0 ? request.Rejects : null,
            Scored = result.Scored,
            Rejected = result.Rejected,
            Warnings = result.Warnings,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        Report(summary, result.FirstRejects, request);
        return summary.Rejected == 0 ? ExitCodes.Success : ExitCodes.Faults;
    }

    private static async Task<RowFileSummary> ScoreAsync(
        RowFile rows, InputFile input, ModelVersion version, ScoreRequest request, CancellationToken cancellationToken)
    {
        using var file = request.OutputFile is null ? null : AtomicFileStream.Create(request.OutputFile, request.Force);
        using var rejects = request.Rejects is null ? null : AtomicFileStream.CreateOptional(request.Rejects, request.Force);
        try
        {
            var output = file ?? Console.OpenStandardOutput();
            var summary = await ScoreProgress.RunAsync(
                input.Bytes, progress => rows.ScoreAsync(version.Scorer!, output, rejects, progress, cancellationToken));

            // Rejects first: when the output has its name, the rejects are there as well.
            cancellationToken.ThrowIfCancellationRequested();
            rejects?.Commit();
            file?.Commit();
            return summary;
        }
        catch (IOException exception)
        {
            // Reading the input and writing files throw exceptions of their own.
            throw new CommandException($"Standard output cannot be written: {exception.Message}");
        }
        catch (RowFileException exception) when (file is not null)
        {
            throw new CommandException($"{exception.Message} No output was kept.");
        }
    }

    private static async Task<ModelVersion> LoadAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        var folder = BundleFolders.FindNewest(request.Bundle);
        var selector = new EngineSelector(request.MayCompile ? ScoringEngine.Auto : ScoringEngine.OnnxRuntime);
        var loader = new VersionLoader(new BundleReader(), selector.Select, new ReadLimits());
        var version = await loader.LoadAsync(Path.GetFileName(Path.GetDirectoryName(folder))!, folder, cancellationToken);
        return version.State == VersionState.Ready
            ? version
            : throw new CommandException(
                $"The bundle '{folder}' cannot be used:{Environment.NewLine}{string.Join(Environment.NewLine, version.Faults)}");
    }

    private static void Report(ScoreSummary summary, IReadOnlyList<string> firstRejects, ScoreRequest request)
    {
        if (request.Json)
        {
            (request.OutputFile is null ? Console.Error : Console.Out).WriteLine(JsonSerializer.Serialize(summary, Indented));
            return;
        }

        if (summary.Rejected > 0 && request.Rejects is null)
        {
            foreach (var reject in firstRejects)
            {
                Tell(reject);
            }

            if (summary.Rejected > firstRejects.Count)
            {
                Tell($"… and {summary.Rejected - firstRejects.Count} more; --rejects writes them all to a file.");
            }
        }

        Tell(summary.ToString());
    }

    // Not through Spectre.Console, which would break the lines.
    private static void Tell(string text) => Console.Error.WriteLine(text);

    private static FileFormat? ParseFormat(string? name) => name switch
    {
        null => null,
        "csv" => FileFormat.Csv,
        _ => FileFormat.JsonLines,
    };

    private static char? ParseDelimiter(string? text) => text switch
    {
        "tab" or "\\t" => '\t',
        [var c] when char.IsAscii(c) && c is not ('"' or '\r' or '\n' or '\0') => c,
        _ => null,
    };
}
