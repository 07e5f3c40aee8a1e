using ModelApi.Inference.Files;

namespace ModelApi.Cli;

/// <summary>The arguments of <c>modelapi score</c>.</summary>
internal sealed record ScoreRequest
{
    /// <summary>The path that means standard input or standard output.</summary>
    public const string Standard = "-";

    /// <summary>The folder of a bundle or a model.</summary>
    public required string Bundle { get; init; }

    /// <summary>A path, or <see cref="Standard"/>.</summary>
    public required string Input { get; init; }

    /// <summary>A path, or <see cref="Standard"/>.</summary>
    public required string Output { get; init; }

    /// <summary>The output's path, or null for standard output.</summary>
    public string? OutputFile => Output == Standard ? null : Output;

    /// <summary>The file of rejects, or null for none.</summary>
    public string? Rejects { get; init; }

    /// <summary>Whether existing outputs are replaced.</summary>
    public bool Force { get; init; }

    /// <summary>The format, if given.</summary>
    public FileFormat? Format { get; init; }

    /// <summary>The separator of a CSV, if given.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Begins the names of the answers.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whether an engine other than ONNX Runtime may score.</summary>
    public bool MayCompile { get; init; }

    /// <summary>Whether the summary is written as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Checks the files against each other and the disk, before anything is read or loaded.</summary>
    /// <exception cref="UsageException">Two of the files are one, or a name does not fit the format.</exception>
    /// <exception cref="CommandException">An output exists, and <see cref="Force"/> is not set.</exception>
    public void Check()
    {
        if (OutputFile is not null && Input != Standard && FilePlace.AreSame(OutputFile, Input))
        {
            throw new UsageException($"The output '{Output}' is the input; give another file.");
        }

        if (Rejects is not null && (IsRejects(OutputFile) || (Input != Standard && IsRejects(Input))))
        {
            throw new UsageException($"The rejects '{Rejects}' need a file of their own.");
        }

        var format = Format ?? FileFormats.OfName(Input);
        if (format is not null && FileFormats.OfName(Output) is { } other && other != format)
        {
            throw new UsageException(
                $"The output has the format of the input, {NameOf(format.Value)}, which the name '{Output}' does not fit.");
        }

        foreach (var file in new[] { OutputFile, Rejects })
        {
            if (!Force && file is not null && File.Exists(file) && !AtomicFileStream.IsDevice(file))
            {
                throw new CommandException($"'{file}' exists: give another file, or replace it with --force.");
            }
        }
    }

    private bool IsRejects(string? path) => path is not null && FilePlace.AreSame(Rejects!, path);

    private static string NameOf(FileFormat format) => format == FileFormat.Csv ? "CSV" : "JSONL";
}
