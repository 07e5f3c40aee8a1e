using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Isolation;
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
        var isolation = IsolationOption.Create();
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        var command = new Command("check", "Checks bundles as a server does before it serves them: manifest, digests, graphs, golden rows.")
        {
            folders, isolation, json,
        };
        command.SetRunner((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(folders),
            IsolationOption.ToProver(parsed.GetRequiredValue(isolation)),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] folders, IsolatedProver? isolation, bool json, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        await foreach (var result in CheckAsync(folders.SelectMany(BundleFolders.Find).ToList(), isolation, cancellationToken))
        {
            results.Add(result);
            if (!json)
            {
                Report(result);
            }
        }

        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(results.Select(Describe), Indented));
        }

        return results.All(result => result.IsReady) ? ExitCodes.Success : ExitCodes.Faults;
    }

    // In the order of the folders. Processes run at the same time, one for each core.
    private static async IAsyncEnumerable<CheckResult> CheckAsync(
        List<string> folders, IsolatedProver? isolation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var most = isolation is null ? 1 : Environment.ProcessorCount;
        var running = new Queue<Task<CheckResult>>();
        try
        {
            foreach (var folder in folders)
            {
                running.Enqueue(isolation is null
                    ? LoadAsync(folder, cancellationToken)
                    : ProveAsync(folder, isolation, cancellationToken));
                if (running.Count == most)
                {
                    yield return await running.Dequeue();
                }
            }

            while (running.TryDequeue(out var next))
            {
                yield return await next;
            }
        }
        finally
        {
            // A command that was stopped leaves no process behind.
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<CheckResult> ProveAsync(string folder, IsolatedProver isolation, CancellationToken cancellationToken)
    {
        var proof = await isolation.ProveAsync(folder, cancellationToken);
        return new CheckResult(folder, proof);
    }

    private static async Task<CheckResult> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        var loader = new VersionLoader(new BundleReader(), new EngineSelector().Select, new ReadLimits());
        using var version = await loader.LoadAsync(Path.GetFileName(Path.GetDirectoryName(folder))!, folder, cancellationToken);
        return new CheckResult(folder, new Proof
        {
            Faults = version.Faults,
            Golden = version.Golden,
            Engine = version.Selected is { } selected ? $"{selected.Scorer.Engine}. {selected.Reason}" : null,
        });
    }

    private static void Report(CheckResult result)
    {
        if (result.IsReady)
        {
            Console.Out.WriteLine($"ok      {result.Model} {result.Version}: {result.Proof.Golden?.Describe()}");
            Console.Out.WriteLine($"        {result.Proof.Engine}");
            return;
        }

        Console.Out.WriteLine($"failed  {result.Model} {result.Version}");
        foreach (var fault in result.Proof.Faults)
        {
            Console.Out.WriteLine($"        {fault}");
        }
    }

    private static object Describe(CheckResult result) => new
    {
        model = result.Model,
        version = result.Version,
        state = result.IsReady ? "ready" : "failed",
        goldenRows = result.Proof.Golden?.Rows,
        largestDifference = result.Proof.Golden?.LargestDifference,
        allowedDifference = result.Proof.Golden?.Allowed,
        tiedRows = result.Proof.Golden?.TiedRows,
        tolerance = result.Proof.Golden?.Tolerance.Share,
        toleranceReason = result.Proof.Golden?.Tolerance.Reason,
        engine = result.Proof.Engine,
        faults = result.Proof.Faults.Select(fault => new { file = fault.File, path = fault.Path, message = fault.Message }),
    };

    /// <summary>The outcome for one bundle.</summary>
    private sealed record CheckResult(string Folder, Proof Proof)
    {
        public string Model => Path.GetFileName(Path.GetDirectoryName(Folder))!;

        public string Version => Path.GetFileName(Folder);

        public bool IsReady => Proof.Faults.Count == 0;
    }
}
