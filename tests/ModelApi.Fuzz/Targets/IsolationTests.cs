using System.Diagnostics;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Inference.Isolation;
using ModelApi.Inference.Loading;

namespace ModelApi.Fuzz.Targets;

/// <summary>
/// Changed graphs that ONNX Runtime itself is given, in a process of their own: whatever that process comes to, there is a result in time.
/// </summary>
public sealed class IsolationTests : IDisposable
{
    private static readonly string[] Models = ["breast-cancer", "credit-risk", "project-tags"];
    private static readonly LoadLimits Limits = new() { Timeout = TimeSpan.FromSeconds(10) };

    // For the start of the process and the end of what it has started, on a busy machine.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly string _root = Directory.CreateTempSubdirectory("modelapi-fuzz-").FullName;
    private readonly IsolatedProver _prover = new(ChildProgram.Of(typeof(Program).Assembly), Limits);
    private int _accepted;
    private int _refused;
    private int _ended;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Graphs_are_proved_or_their_faults_are_named_whatever_becomes_of_the_process()
    {
        await Fuzzing.RunAsync("isolation", 0.1, Generate, CheckAsync);
        Console.WriteLine($"isolation: {_accepted} accepted, {_refused} refused, {_ended} processes ended without a verdict");
    }

    private static Sample Generate(Random random)
    {
        var bundle = Path.Combine(Repository.Models, random.Pick(Models), "1");
        var file = random.Pick(Directory.GetFiles(bundle, "*.onnx").Order(StringComparer.Ordinal).ToList());
        var changed = GraphMutator.Next(random, File.ReadAllBytes(file));
        return changed with { Kind = $"{Path.GetFileName(Path.GetDirectoryName(bundle))}~{Path.GetFileName(file)}~{changed.Kind}" };
    }

    private async Task CheckAsync(Sample sample)
    {
        var parts = sample.Kind.Split('~');
        var original = Path.Combine(Repository.Models, parts[0], "1");
        var copy = Path.Combine(_root, parts[0], "1");
        BundleMutator.Write(original, copy, parts[1], sample.Content);

        var start = Stopwatch.GetTimestamp();
        var proof = await _prover.ProveAsync(copy, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(start);

        Assert.True(elapsed < Limits.Timeout + Grace, $"{elapsed.TotalSeconds:0.0} s.");
        Assert.True(proof.IsVerdict || proof.Faults.Count > 0, "Neither a verdict nor a fault.");
        Assert.All(proof.Faults, fault => Assert.NotEmpty(fault.Message));
        Count(proof);
    }

    private void Count(Proof proof)
    {
        if (!proof.IsVerdict)
        {
            _ended++;
            Console.WriteLine($"isolation: {string.Join(' ', proof.Faults)}");
        }
        else if (proof.Faults.Count == 0)
        {
            _accepted++;
        }
        else
        {
            _refused++;
        }
    }
}
