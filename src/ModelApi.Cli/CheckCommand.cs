using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Cli;

/// <summary><c>modelapi check</c>: checks bundles as a server does before it serves them.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var folders = new Argument<string[]>("folder")
        {
            Description = "Bundles (models/bank/1), models (models/bank) or folders of models (models).",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        var command = new Command("check", "Checks bundles as a server does before it serves them: manifest, digests, graphs, golden rows.")
        {
            folders, json,
        };
        command.SetRunner((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(folders), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] folders, bool json, CancellationToken cancellationToken)
    {
        var loader = new VersionLoader(new BundleReader(), new EngineSelector().Select, new ReadLimits());
        var versions = new List<ModelVersion>();
        foreach (var folder in folders.SelectMany(BundleFolders.Find).ToList())
        {
            using var version = await loader.LoadAsync(Path.GetFileName(Path.GetDirectoryName(folder))!, folder, cancellationToken);
            versions.Add(version);
            if (!json)
            {
                Report(version);
            }
        }

        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(versions.Select(Describe), Indented));
        }

        return versions.All(version => version.State == VersionState.Ready) ? ExitCodes.Success : ExitCodes.Faults;
    }

    private static void Report(ModelVersion version)
    {
        if (version.State == VersionState.Ready)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ok      {version.Model} {version.Version}: {version.Golden!.Rows} golden rows reproduced, "
                + $"largest difference {version.Golden.LargestDifference:g2}"));
            return;
        }

        Console.Out.WriteLine($"failed  {version.Model} {version.Version}");
        foreach (var fault in version.Faults)
        {
            Console.Out.WriteLine($"        {fault}");
        }
    }

    private static object Describe(ModelVersion version) => new
    {
        model = version.Model,
        version = version.Version,
        state = version.State == VersionState.Ready ? "ready" : "failed",
        goldenRows = version.Golden?.Rows,
        largestDifference = version.Golden?.LargestDifference,
        faults = version.Faults.Select(fault => new { file = fault.File, path = fault.Path, message = fault.Message }),
    };
}
