using System.Diagnostics;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring;

/// <summary>Runs beside no other test, whose threads would be counted too.</summary>
[CollectionDefinition(nameof(OnnxRuntimeThreadsTests), DisableParallelization = true)]
[Collection(nameof(OnnxRuntimeThreadsTests))]
public sealed class OnnxRuntimeThreadsTests
{
    [Fact]
    public async Task Further_scorers_bring_no_threads_of_their_own()
    {
        var bundle = await new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
        using var first = new OnnxRuntimeScorer(bundle);
        first.Score(bundle.Golden.Features, new PredictionBatch(bundle.Manifest.Signature), CancellationToken.None);
        var before = NativeThreads();

        var scorers = Enumerable.Range(0, 10).Select(_ => new OnnxRuntimeScorer(bundle)).ToList();
        var after = NativeThreads();
        scorers.ForEach(scorer => scorer.Dispose());

        // The runtime may start a thread or two meanwhile; a pool per session would be one per session and core. Threads that end
        // meanwhile must not hide others.
        Assert.InRange(after.Except(before).Count(), 0, 5);
    }

    private static List<int> NativeThreads()
    {
        using var process = Process.GetCurrentProcess();
        return [.. process.Threads.Cast<ProcessThread>().Select(thread => thread.Id)];
    }
}
