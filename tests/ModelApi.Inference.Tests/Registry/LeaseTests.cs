using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Registry;

public sealed class LeaseTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_scorer_is_freed_only_after_the_last_request_has_returned()
    {
        var (version, spy) = await LoadAsync();
        var workspace = version.TryRent()!;
        Assert.True(version.TryLease());

        version.Dispose();
        version.Return(workspace);
        var whileLeased = spy.Disposals;
        version.Release();

        Assert.Equal((0, 1), (whileLeased, spy.Disposals));
    }

    [Fact]
    public async Task A_version_that_was_disposed_of_gives_no_further_lease_even_while_requests_hold_it()
    {
        var (version, spy) = await LoadAsync();
        var workspace = version.TryRent()!;

        version.Dispose();

        Assert.Null(version.TryRent());
        Assert.False(version.TryLease());
        version.Return(workspace);
        Assert.False(version.TryLease());
        Assert.Equal(1, spy.Disposals);
    }

    [Fact]
    public async Task A_version_can_be_disposed_of_twice_and_is_freed_once()
    {
        var (version, spy) = await LoadAsync();
        var workspace = version.TryRent()!;

        version.Dispose();
        version.Dispose();
        var whileRented = spy.Disposals;
        version.Return(workspace);
        version.Dispose();

        Assert.Equal((0, 1), (whileRented, spy.Disposals));
    }

    [Fact]
    public async Task Requests_that_race_a_swap_never_use_a_scorer_that_is_freed_and_each_is_freed_once()
    {
        const int Swaps = 100;
        _models.AddBank();
        var bundle = await new BundleReader().ReadAsync(Path.Combine(_models.Root, "bank", "1"), CancellationToken.None);
        using var compiled = CompiledScorer.TryCompile(bundle, out _)!;
        var spies = new List<SpyScorer>();
        var current = Swap();
        using var stop = new CancellationTokenSource();
        var scored = 0L;

        var requests = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(Request, TaskCreationOptions.LongRunning)).ToArray();
        for (var i = 1; i < Swaps; i++)
        {
            var before = Volatile.Read(ref scored);
            Interlocked.Exchange(ref current, Swap()).Dispose();

            // So that each version is under load when it is swapped.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref scored) > before, TimeSpan.FromSeconds(60)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(requests);
        current.Dispose();

        Assert.Equal(Swaps, spies.Count);
        Assert.All(spies, spy => Assert.Equal((1, 0), (spy.Disposals, spy.UsesAfterDisposal)));
        Assert.All(spies, spy => Assert.False(spy.WasFreedDuringUse));

        ModelVersion Swap()
        {
            var spy = new SpyScorer(compiled);
            spies.Add(spy);
            var selected = SelectedScorer.Create(spy, bundle, "");
            return ModelVersion.Ready(VersionSource.Of("bank", bundle.Folder), bundle, selected, new ReadLimits(), new BatchingDecision(null, ""), TimeSpan.Zero);
        }

        void Request()
        {
            while (!stop.IsCancellationRequested)
            {
                var version = Volatile.Read(ref current);
                if (version.TryRent() is not { } workspace)
                {
                    continue;
                }

                bundle.Golden.Features.CopyRowTo(workspace.Features, 0);
                version.Scorer!.Score(workspace.Features, workspace.Predictions, CancellationToken.None);
                version.Return(workspace);
                Interlocked.Increment(ref scored);
            }
        }
    }

    private async Task<(ModelVersion Version, SpyScorer Spy)> LoadAsync()
    {
        SpyScorer? spy = null;
        var folder = _models.AddBank().Folder;
        var loader = new VersionLoader(
            new BundleReader(),
            (bundle, cancellation) => SelectedScorer.Create(
                spy = new SpyScorer(new OnnxRuntimeScorer(bundle)), bundle, "", cancellation),
            new ReadLimits());
        var version = await loader.LoadAsync("bank", folder, CancellationToken.None);
        Assert.Equal(VersionState.Ready, version.State);
        return (version, spy!);
    }

    /// <summary>Counts what happens to a scorer.</summary>
    private sealed class SpyScorer(IScorer scorer) : IScorer
    {
        private int _disposals;
        private int _usesAfterDisposal;
        private int _inUse;

        public int Disposals => Volatile.Read(ref _disposals);

        public int UsesAfterDisposal => Volatile.Read(ref _usesAfterDisposal);

        public bool WasFreedDuringUse { get; private set; }

        public string Engine => scorer.Engine;

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _inUse);
            if (Disposals > 0)
            {
                Interlocked.Increment(ref _usesAfterDisposal);
            }

            scorer.Score(features, predictions, cancellationToken);
            Interlocked.Decrement(ref _inUse);
        }

        public void Dispose()
        {
            WasFreedDuringUse |= Volatile.Read(ref _inUse) > 0;
            Interlocked.Increment(ref _disposals);
            scorer.Dispose();
        }
    }
}
