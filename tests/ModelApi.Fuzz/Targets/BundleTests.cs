using System.Text;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Fuzz.Targets;

/// <summary>
/// Bundles with one changed file, whose digest is put right: the reader and the compiled engine accept them or name their faults, and
/// nothing else happens. What ONNX Runtime makes of a graph is not looked at here, because its native code may end the process.
/// </summary>
public sealed class BundleTests : IDisposable
{
    private const string GoldenFile = "golden.jsonl";
    private const int GoldenRows = 20;
    private const int MostMilliseconds = 3000;
    private const long MostMegabytes = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The others have graphs of megabytes: they are tried now and then.
    private static readonly string[] Small = ["breast-cancer", "credit-risk", "project-tags"];
    private static readonly string[] Large = ["bank", "wine-quality"];

    private readonly string _root = Directory.CreateTempSubdirectory("modelapi-fuzz-").FullName;

    /// <summary>Copies the shipped bundles with a few of their golden rows, which take most of the time to load.</summary>
    public BundleTests()
    {
        foreach (var model in (string[])[.. Small, .. Large])
        {
            var bundle = Path.Combine(Repository.Models, model, "1");
            var golden = string.Join('\n', File.ReadLines(Path.Combine(bundle, GoldenFile)).Take(GoldenRows));
            BundleMutator.Write(bundle, Original(model), GoldenFile, Encoding.UTF8.GetBytes(golden));
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public Task Manifests_are_read_or_their_faults_are_named() => RunAsync("manifests", 0.08, "model.json");

    [Fact]
    public Task Golden_rows_are_read_or_their_faults_are_named() => RunAsync("golden", 0.05, GoldenFile);

    [Fact]
    public Task Graphs_are_read_and_compiled_or_their_faults_are_named() => RunAsync("graphs", 0.12, "*.onnx");

    private Task RunAsync(string target, double share, string pattern) =>
        Fuzzing.RunAsync(target, share, random => Generate(random, pattern), CheckAsync);

    // The name says which file of which bundle it is: so do those of the corpus.
    private Sample Generate(Random random, string pattern)
    {
        var model = random.Pick(random.Chance(0.04) ? Large : Small);
        var files = Directory.GetFiles(Original(model), pattern).Order(StringComparer.Ordinal).ToList();
        var file = random.Pick(files);
        var changed = BundleMutator.Change(random, Path.GetFileName(file), File.ReadAllBytes(file));
        return changed with { Kind = $"{model}~{Path.GetFileName(file)}~{changed.Kind}" };
    }

    private async Task CheckAsync(Sample sample)
    {
        var (model, file) = sample.Kind.Split('~') is [var first, var second, ..]
            ? (first, second)
            : throw new InvalidDataException("The name of a sample is model~file~what.");
        var copy = Path.Combine(_root, "changed", model, "1");
        BundleMutator.Write(Original(model), copy, file, sample.Content);

        var bytes = GC.GetTotalAllocatedBytes();
        var before = Environment.CpuUsage.TotalTime;
        await Task.Run(() => LoadAsync(copy)).WaitAsync(Patience);
        var milliseconds = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        var megabytes = (GC.GetTotalAllocatedBytes() - bytes) / 1_000_000;
        Assert.True(milliseconds < MostMilliseconds, $"{milliseconds:0} ms of CPU.");
        Assert.True(megabytes < MostMegabytes, $"{megabytes} MB of memory.");
    }

    private string Original(string model) => Path.Combine(_root, "original", model, "1");

    private static async Task LoadAsync(string folder)
    {
        try
        {
            var bundle = await new BundleReader().ReadAsync(folder, CancellationToken.None);
            new EngineSelector(ScoringEngine.Compiled).SelectFirst(bundle).Scorer.Dispose();
        }
        catch (BundleException exception)
        {
            Assert.NotEmpty(exception.Faults);
            Assert.All(exception.Faults, fault => Assert.NotEmpty(fault.Message));
        }
    }
}
