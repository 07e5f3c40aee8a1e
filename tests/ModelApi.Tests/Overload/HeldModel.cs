using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;

namespace ModelApi.Tests.Overload;

/// <summary>
/// The bank model, whose scorer the test can hold: each call then waits until the test lets it end, or until its token does.
/// </summary>
internal sealed class HeldModel
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);
    private volatile bool _isHeld;
    private int _calls;
    private int _stopped;

    /// <summary>Calls since the model is held.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls that their token ended.</summary>
    public int Stopped => Volatile.Read(ref _stopped);

    /// <summary>The ages of the rows that were scored, in their order.</summary>
    public List<double> Ages { get; } = [];

    public ModelRegistry Registry(BatchingPolicy batching) => new(Repository.Models, "bank", new VersionLoader(
        new BundleReader(),
        (bundle, cancellation) => SelectedScorer.Create(
            new HeldScorer(this, new OnnxRuntimeScorer(bundle)), bundle, "", cancellation),
        new ReadLimits(), batching));

    public void Hold() => _isHeld = true;

    public async Task WaitForCallsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(60)), "The scorer was not called.");
        }
    }

    public void EndCalls(int count) => _mayEnd.Release(count);

    private void Wait(FeatureBatch features, CancellationToken cancellationToken)
    {
        if (!_isHeld)
        {
            return;
        }

        Interlocked.Increment(ref _calls);
        lock (Ages)
        {
            Ages.AddRange(features.Numbers(0));
        }

        _begun.Release();
        try
        {
            _mayEnd.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _stopped);
            throw;
        }
    }

    private sealed class HeldScorer(HeldModel model, OnnxRuntimeScorer scorer) : IScorer
    {
        public string Engine => scorer.Engine;

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            model.Wait(features, cancellationToken);
            scorer.Score(features, predictions, cancellationToken);
        }

        public void Dispose() => scorer.Dispose();
    }
}
