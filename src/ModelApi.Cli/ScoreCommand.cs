using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
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
    private const string Standard = "-";
    private const string Auto = "auto";

    private static readonly string Notes = $"""
        Answers:
          A CSV gets the columns prediction and p_<class>, a row of JSONL the members prediction and probabilities; a regression gets only the
          prediction. Columns and keys that are no features are kept and passed over.

        Rows that are not valid:
          are left out of the output, and go into the file of rejects with their line, text and reasons. Unknown categories follow the bundle's policy.
          Numbers out of the range seen in training are scored, and counted.

        Values in a CSV:
          An empty cell is a missing value, which only a nullable feature may have; in a column of numbers or booleans so is {string.Join(", ", CellFeatureReader.MissingMarkers.Take(6))}
          and whatever else pandas reads as one. Numbers have a decimal point, booleans are true or false, all else is as in JSON.

        Exit codes:
          0  all rows were scored             2    the command failed, and there is no output
          1  some rows were rejected          130  stopped by Ctrl-C or SIGTERM, and there is no output
        """;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var bundle = new Argument<string>("bundle") { Description = "A bundle (models/bank/1), or a model (models/bank), of which the newest version is taken." };
        var input = new Argument<string?>("input") { Description = "A CSV or JSONL file; - or nothing is standard input.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Where the rows go, in the format of the input; - or nothing is standard output. A file is complete or absent: it takes its name only when all of it is written.",
            HelpName = "file",
        };
        var rejects = new Option<string?>("--rejects")
        {
            Description = "Where rows go that are not valid, as JSON lines with line, errors by feature and text; only made when there are any. Unless given: the output's name with .rejects.jsonl; none when that is standard output.",
            HelpName = "file",
        };
        var format = new Option<string?>("--format") { Description = "csv or jsonl. Unless given: by the input's name, else by its first byte." };
        format.AcceptOnlyFromAmong("csv", "jsonl");
        var delimiter = new Option<string?>("--delimiter")
        {
            Description = "What separates the columns of a CSV: one character, or tab. Unless given: the one of , ; tab | that makes columns of the features.",
            HelpName = "character",
        };
        var prefix = new Option<string?>("--prefix") { Description = "Put before the names that are added.", HelpName = "text" };
        var engine = new Option<string>("--engine") { Description = "onnxruntime, or auto: compiled code where the model allows it and reproduces the golden rows.", DefaultValueFactory = _ => Auto };
        engine.AcceptOnlyFromAmong(Auto, "onnxruntime");
        var json = new Option<bool>("--json") { Description = "Writes the summary as JSON, to standard output unless the rows go there." };
        var command = new Command("score", "Scores the rows of a CSV or JSONL file of any size: each is kept as it is and gets the prediction.")
        {
            bundle, input, output, rejects, format, delimiter, prefix, engine, json, new HelpOption { Action = new NotesHelp(Notes) },
        };
        command.SetRunner((parsed, cancellationToken) =>
        {
            var to = parsed.GetValue(output) ?? Standard;
            var request = new ScoreRequest(
                parsed.GetRequiredValue(bundle),
                parsed.GetValue(input) ?? Standard,
                to,
                parsed.GetValue(rejects) ?? (to == Standard ? null : to + ".rejects.jsonl"),
                ParseFormat(parsed.GetValue(format)),
                ParseDelimiter(parsed.GetValue(delimiter)),
                parsed.GetValue(prefix) ?? "",
                parsed.GetRequiredValue(engine) == Auto,
                parsed.GetValue(json));
            return RunAsync(request, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ThrowIfClashing(request);
        using var input = InputFile.Open(request.Input);
        var version = await LoadAsync(request, cancellationToken);
        var start = Stopwatch.GetTimestamp();

        // On another thread, because standard input may wait long for its first line.
        var options = new RowFileOptions
        {
            Format = request.Format ?? FileFormats.OfName(request.Input),
            Separator = request.Delimiter,
            Prefix = request.Prefix,
        };
        using var rows = await Task.Run(() => RowFile.Open(input.Stream, input.Name, version.Manifest!.Signature, options), cancellationToken)
            .WaitAsync(cancellationToken);
        foreach (var remark in rows.Remarks)
        {
            Tell(remark);
        }

        var result = await ScoreAsync(rows, input, version, request, cancellationToken);
        version.Dispose();
        var summary = new ScoreSummary
        {
            Model = version.Model,
            Version = version.Version,
            Engine = version.Scorer!.Engine,
            Output = request.Output == Standard ? null : request.Output,
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
        using var file = request.Output == Standard ? null : AtomicFileStream.Create(request.Output, replace: true);
        using var rejects = request.Rejects is null ? null : AtomicFileStream.CreateOptional(request.Rejects, replace: true);
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

    private static void ThrowIfClashing(ScoreRequest request)
    {
        var format = request.Format ?? FileFormats.OfName(request.Input);
        if (format is not null && FileFormats.OfName(request.Output) is { } other && other != format)
        {
            throw new CommandException($"The output is written in the format of the input, which '{request.Output}' is not named after.");
        }

        var places = new[] { request.Input, request.Rejects }.Where(path => path is not (null or Standard)).Select(path => Path.GetFullPath(path!)).ToList();
        if (request.Rejects is not null && (places.Distinct().Count() < places.Count || places[^1] == Path.GetFullPath(request.Output)))
        {
            throw new CommandException("The rejects need a file of their own.");
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
            : throw new CommandException($"The bundle '{folder}' cannot be used:{Environment.NewLine}{string.Join(Environment.NewLine, version.Faults)}");
    }

    private static void Report(ScoreSummary summary, IReadOnlyList<string> firstRejects, ScoreRequest request)
    {
        if (request.Json)
        {
            (request.Output == Standard ? Console.Error : Console.Out).WriteLine(JsonSerializer.Serialize(summary, Indented));
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

    // Not through Spectre.Console, which would break lines at the width of a terminal that is not there.
    private static void Tell(string text) => Console.Error.WriteLine(text);

    private static FileFormat? ParseFormat(string? name) => name switch
    {
        null => null,
        "csv" => FileFormat.Csv,
        _ => FileFormat.JsonLines,
    };

    private static char? ParseDelimiter(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var c] when char.IsAscii(c) && c is not ('"' or '\r' or '\n' or '\0') => c,
        _ => throw new CommandException("--delimiter takes one ASCII character other than a quote, or the word tab."),
    };

    /// <summary>What the command line asks for.</summary>
    /// <param name="Bundle">A folder.</param>
    /// <param name="Input">A path, or - for standard input.</param>
    /// <param name="Output">A path, or - for standard output.</param>
    /// <param name="Rejects">A path, or null for none.</param>
    /// <param name="Format">The format, where it was named.</param>
    /// <param name="Delimiter">The separator of a CSV, where it was named.</param>
    /// <param name="Prefix">Put before the names that are added.</param>
    /// <param name="MayCompile">Whether something other than ONNX Runtime may score.</param>
    /// <param name="Json">Whether the summary is for scripts.</param>
    private sealed record ScoreRequest(
        string Bundle, string Input, string Output, string? Rejects, FileFormat? Format, char? Delimiter, string Prefix, bool MayCompile, bool Json);
}
