using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Loading;
using ModelApi.Inference.Packing;
using ModelApi.Inference.Packing.MlNet;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.MlNet;

namespace ModelApi.Fuzz.Targets;

/// <summary>
/// Spoilt zips of ML.NET models, in bundles whose digests are right: each is loaded as a server loads it, and comes to a version or to
/// faults, in time and within the memory. Some are loaded in a process of their own.
/// </summary>
public sealed class ZipTests : IAsyncLifetime
{
    private const int GoldenRows = 20;
    private const long MostMegabytes = 1000;

    private static readonly string[] Names =
    [
        "fast-tree", "one-versus-all", "l-bfgs", "text", "binning", "pca-anomaly", "k-means", "multi-naive-bayes", "recommendation",
        "missing-values", "hashing", "gam",
    ];

    private static readonly LoadLimits Limits = new() { Timeout = TimeSpan.FromSeconds(10), MemoryBytes = 512L * 1024 * 1024 };

    // For what cannot be stopped at once, on a busy machine.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly string _root = Directory.CreateTempSubdirectory("modelapi-fuzz-").FullName;
    private readonly VersionLoader _loader = new(
        new BundleReader(), (bundle, token) => new EngineSelector().Select(bundle, token), new ReadLimits(), loadLimits: Limits);

    private readonly IsolatedProver _prover = new(ChildProgram.Of(typeof(Program).Assembly), Limits);
    private readonly Dictionary<VersionState, int> _states = [];

    public async Task InitializeAsync()
    {
        var context = new MLContext(seed: 1);
        var csv = Customers.WriteCsv(_root);
        foreach (var name in Names)
        {
            var zip = Path.Combine(_root, $"{name}.zip");
            context.Model.Save(Pipelines.All[name].Create(context).Fit(Customers.View(context)), Customers.View(context).Schema, zip);
            var packed = await MlNetPacker.PackAsync(
                new PackRequest
                {
                    Name = name,
                    Graphs = [zip],
                    Reference = ReferenceTable.ReadCsv(csv),
                    Output = Path.Combine(_root, "packed"),
                    Target = "Churned",
                },
                CancellationToken.None);
            RunTheZip(packed.Folder!, Original(name));
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Zips_are_loaded_or_their_faults_are_named()
    {
        await Fuzzing.RunAsync("zips", 0.1, Generate, CheckAsync);
        Console.WriteLine($"zips: {string.Join(", ", _states.Select(state => $"{state.Value} {state.Key}"))}");
    }

    [Fact]
    public Task Zips_are_proved_in_a_process_of_their_own_or_their_faults_are_named() =>
        Fuzzing.RunAsync("zips-isolation", 0.04, Generate, CheckIsolatedAsync);

    private Sample Generate(Random random)
    {
        var model = random.Pick(Names);
        var changed = ZipMutator.Next(random, File.ReadAllBytes(Path.Combine(Original(model), "model.zip")));
        return changed with { Kind = $"{model}~model.zip~{changed.Kind}" };
    }

    private async Task CheckAsync(Sample sample)
    {
        var copy = Write(sample);
        var start = Stopwatch.GetTimestamp();
        var before = GC.GetTotalAllocatedBytes();

        using var version = await _loader.LoadAsync(Path.GetFileName(Path.GetDirectoryName(copy)!), copy, CancellationToken.None);

        var elapsed = Stopwatch.GetElapsedTime(start);
        Assert.True(elapsed < Limits.Timeout + Grace, $"{elapsed.TotalSeconds:0.0} s.");
        Assert.True(version.State == VersionState.Ready || version.Faults.Count > 0, "Neither a version nor a fault.");
        Assert.All(version.Faults, fault => Assert.NotEmpty(fault.Message));
        var megabytes = (GC.GetTotalAllocatedBytes() - before) / 1_000_000;
        Assert.True(megabytes < MostMegabytes, $"{megabytes} MB of memory: {string.Join(' ', version.Faults)}");
        _states[version.State] = _states.GetValueOrDefault(version.State) + 1;
    }

    private async Task CheckIsolatedAsync(Sample sample)
    {
        var copy = Write(sample);
        var start = Stopwatch.GetTimestamp();

        var proof = await _prover.ProveAsync(copy, CancellationToken.None);

        var elapsed = Stopwatch.GetElapsedTime(start);
        Assert.True(elapsed < Limits.Timeout + Grace, $"{elapsed.TotalSeconds:0.0} s.");
        Assert.True(proof.IsVerdict || proof.Faults.Count > 0, "Neither a verdict nor a fault.");
        Assert.All(proof.Faults, fault => Assert.NotEmpty(fault.Message));
    }

    private string Write(Sample sample)
    {
        var model = sample.Kind.Split('~')[0];
        var copy = Path.Combine(_root, "changed", model, "1");
        BundleMutator.Write(Original(model), copy, "model.zip", sample.Content);
        return copy;
    }

    private string Original(string model) => Path.Combine(_root, "original", model, "1");

    /// <summary>Puts the zip in the place of the graph, where the packer found one, and keeps a few golden rows.</summary>
    private static void RunTheZip(string folder, string original)
    {
        var manifestFile = Path.Combine(folder, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllBytes(manifestFile))!.AsObject();
        if (manifest.Remove("graphs"))
        {
            manifest["model"] = "model.zip";
            manifest["files"]!.AsObject().Remove("model.onnx");
            File.Delete(Path.Combine(folder, "model.onnx"));
            File.WriteAllText(manifestFile, manifest.ToJsonString());
        }

        var golden = Path.Combine(folder, "golden.jsonl");
        var rows = string.Join('\n', File.ReadLines(golden).Take(GoldenRows));
        BundleMutator.Write(folder, original, "golden.jsonl", Encoding.UTF8.GetBytes(rows));
    }
}
