using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.ML;

namespace MlNetTraining;

/// <summary>A fitted pipeline with what it was made from, and the files that <c>modelapi pack</c> takes.</summary>
internal sealed record Trained
{
    private const int ReferenceRows = 5000;

    // Files may be sorted: all rows are shuffled, and not only those that are near to each other.
    private const int ShuffledRows = 100_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required MLContext Context { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required ITransformer Model { get; init; }

    public required IDataView Train { get; init; }

    public required string Target { get; init; }

    public required object Performance { get; init; }

    public required object Hyperparameters { get; init; }

    public required IReadOnlyDictionary<string, object> Features { get; init; }

    public static string Version => typeof(MLContext).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0];

    /// <summary>Writes the pipeline as ML.NET saves it, training rows, metrics, arguments and descriptions.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        Context.Model.Save(Model, Train.Schema, Path.Combine(folder, "model.zip"));

        // The first line that SaveAsText writes is a comment with the schema; the packer wants a header alone.
        var rows = Context.Data.TakeRows(Context.Data.ShuffleRows(Train, seed: 42, shufflePoolSize: ShuffledRows), ReferenceRows);
        using (var stream = File.Create(Path.Combine(folder, "reference.csv")))
        {
            Context.Data.SaveAsText(rows, stream, separatorChar: ',', headerRow: true, schema: false);
        }

        Write("performance.json", new { dataset = "held-out", overall = Performance });
        Write("args.json", Hyperparameters);
        Write("features.json", Features);
        Console.WriteLine(JsonSerializer.Serialize(Performance, Json));

        void Write(string file, object content) =>
            File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(content, Json) + "\n");
    }

    /// <summary>Makes a bundle with the tool <c>modelapi</c>, or the command in the environment variable MODELAPI.</summary>
    /// <returns>The exit code of the tool.</returns>
    public int Pack(Arguments arguments)
    {
        var command = (Environment.GetEnvironmentVariable("MODELAPI") ?? "modelapi").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] options =
        [
            "pack", FileOf("model.zip"), "--name", Name, "--reference", FileOf("reference.csv"), "--target", Target,
            "--description", Description, "--performance", FileOf("performance.json"), "--args", FileOf("args.json"),
            "--features", FileOf("features.json"), "--output", arguments.Models!,
        ];
        if (arguments.Version is { } version)
        {
            options = [.. options, "--version", version];
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], [.. command[1..], .. options]))!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            Console.Error.WriteLine($"The tool '{command[0]}' cannot be started: install it, or name another command in MODELAPI.");
            return 1;
        }

        string FileOf(string name) => Path.Combine(arguments.Out, name);
    }
}
