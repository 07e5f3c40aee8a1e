using System.Diagnostics;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Loading;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Loading;

/// <summary>Alone, because they watch the memory of the whole process.</summary>
[Collection(nameof(LoadLimitsTests))]
[CollectionDefinition(nameof(LoadLimitsTests), DisableParallelization = true)]
public sealed class LoadLimitsTests : IDisposable
{
    private static readonly LoadLimits OneSecond = new() { Timeout = TimeSpan.FromSeconds(1) };
    private static readonly LoadLimits Small = new() { MemoryBytes = 128 * 1024 * 1024 };

    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_graph_that_never_ends_is_stopped_at_the_deadline()
    {
        var folder = _models.AddRegression("endless", HostileGraphs.Endless()).Folder;
        var start = Stopwatch.GetTimestamp();

        using var version = await Loader(OneSecond).LoadAsync("endless", folder, CancellationToken.None);

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 20);
        Assert.StartsWith("It was not loaded and proved within 1 s (Models:LoadTimeoutSeconds)", Fault(version), StringComparison.Ordinal);
        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task A_caller_that_stops_waiting_stops_a_graph_that_never_ends()
    {
        var folder = _models.AddRegression("endless", HostileGraphs.Endless()).Folder;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loader(new LoadLimits()).LoadAsync("endless", folder, stop.Token));

        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task Work_that_cannot_be_stopped_fails_its_version_and_delays_no_other()
    {
        _models.AddBank("a");
        _models.AddBank("b");
        _models.AddBank("hanging");
        _models.AddBank("hanging", "2");
        _models.AddBank("hanging", "3");
        using var open = new ManualResetEventSlim();
        var freed = 0;
        var loader = Loader(new LoadLimits { Timeout = TimeSpan.FromSeconds(5) }, (bundle, cancellation) =>
        {
            if (bundle.Manifest.Name == "hanging")
            {
#pragma warning disable CA2016 // As a native call that knows no token.
                open.Wait();
#pragma warning restore CA2016
            }

            var scorer = new Counted(new OnnxRuntimeScorer(bundle), () => Interlocked.Increment(ref freed));
            return SelectedScorer.Create(scorer, bundle, "", CancellationToken.None);
        });
        using var registry = new ModelRegistry(_models.Root, "a", loader);

        await registry.LoadAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(registry.Snapshot is { IsLoaded: true });
        Assert.NotNull(registry.Snapshot.Find("a")!.Production);
        Assert.NotNull(registry.Snapshot.Find("b")!.Production);
        Assert.All(registry.Snapshot.Find("hanging")!.Versions, version =>
            Assert.Contains("LoadTimeoutSeconds", Fault(version), StringComparison.Ordinal));

        // What ends after all is freed.
        Assert.Equal(0, freed);
        open.Set();
        await AssertAsync(() => freed == 3);
    }

    [Fact]
    public async Task A_graph_that_grows_in_many_steps_is_stopped_and_leaves_the_others()
    {
        _models.AddBank("a");
        _models.AddBank("b");
        _models.AddRegression("growing", HostileGraphs.Growing());
        using var registry = new ModelRegistry(_models.Root, "a", Loader(Small));

        await registry.LoadAsync(CancellationToken.None);

        Assert.NotNull(registry.Snapshot.Find("a")!.Production);
        Assert.NotNull(registry.Snapshot.Find("b")!.Production);
        var fault = Fault(Assert.Single(registry.Snapshot.Find("growing")!.Versions));
        Assert.Contains("more memory than 128 MB", fault, StringComparison.Ordinal);
        Assert.Contains("Models:LoadMemoryMegabytes", fault, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Memory_that_one_operator_asks_for_is_refused_before_it_is_used()
    {
        var folder = _models.AddRegression("huge", HostileGraphs.Huge(4L << 30)).Folder;
        var before = ProcessMemory.Read().Resident;
        var most = 0L;
        using var end = new CancellationTokenSource();
        var watch = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                most = Math.Max(most, ProcessMemory.Read().Resident);
                Thread.Sleep(5);
            }
        });

        using var version = await Loader(Small).LoadAsync("huge", folder, CancellationToken.None);

        await end.CancelAsync();
        await watch;
        Assert.Contains("more memory than 128 MB", Fault(version), StringComparison.Ordinal);
        Assert.InRange(most - before, 0, 1L << 30);

        // The ceiling is gone: this process may take that much again.
        Assert.Equal(1L << 30, new byte[1L << 30].LongLength);
    }

    [Fact]
    public async Task A_comparison_of_the_engines_that_never_ends_is_stopped_and_the_version_serves_on()
    {
        var folder = _models.AddBank().Folder;
        var loader = Loader(OneSecond, (bundle, cancellation) =>
        {
            var compiled = Inference.Scoring.Compiled.CompiledScorer.TryCompile(bundle, out _)!;
            return new SelectedScorer(new CompiledFirstScorer(
                bundle, compiled, GoldenCheck.Run(compiled, bundle.Golden, cancellation), _ => new Endless()));
        });
        using var version = await loader.LoadAsync("bank", folder, CancellationToken.None);

        var exception = await Assert.ThrowsAsync<BundleException>(() => loader.CheckAsync(version, CancellationToken.None));

        Assert.Contains("LoadTimeoutSeconds", exception.Message, StringComparison.Ordinal);
        const string Reason = "a comparison with ONNX Runtime was not possible (it was stopped).";
        Assert.EndsWith(Reason, version.Selected!.Reason, StringComparison.Ordinal);
        Assert.True(version.TryLease());
        version.Release();
    }

    private static string Fault(ModelVersion version)
    {
        Assert.Equal(VersionState.Failed, version.State);
        return Assert.Single(version.Faults).ToString();
    }

    private static VersionLoader Loader(LoadLimits limits, Func<Bundle, CancellationToken, SelectedScorer>? select = null) =>
        new(new BundleReader(), select ?? new EngineSelector().Select, new ReadLimits(), loadLimits: limits);

    // A thread in ONNX Runtime takes a core.
    private static async Task AssertNothingRunsAsync()
    {
        await Task.Delay(200);
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.Delay(1000);
        process.Refresh();
        Assert.InRange((process.TotalProcessorTime - before).TotalSeconds, 0, 0.7);
    }

    private static async Task AssertAsync(Func<bool> condition)
    {
        for (var patience = 0; !condition(); patience++)
        {
            Assert.True(patience < 3000, "The condition was not met in time.");
            await Task.Delay(10);
        }
    }

    private sealed class Counted(OnnxRuntimeScorer scorer, Action freed) : IScorer
    {
        public string Engine => scorer.Engine;

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken) =>
            scorer.Score(features, predictions, cancellationToken);

        public void Dispose()
        {
            scorer.Dispose();
            freed();
        }
    }

    private sealed class Endless : IScorer
    {
        public string Engine => "endless";

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            cancellationToken.WaitHandle.WaitOne();
            cancellationToken.ThrowIfCancellationRequested();
        }

        public void Dispose()
        {
        }
    }
}
