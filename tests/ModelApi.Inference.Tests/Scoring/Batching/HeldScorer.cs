using System.Collections.Concurrent;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;

namespace ModelApi.Inference.Tests.Scoring.Batching;

/// <summary>Scores only when the test lets it; a negative row fails.</summary>
internal sealed class HeldScorer : IScorer
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);
    private readonly ConcurrentQueue<int[]> _calls = [];

    public string Engine => "held";

    public bool IsDisposed { get; private set; }

    /// <summary>The rows of each call, in the order in which they began.</summary>
    public IReadOnlyList<int[]> Calls => [.. _calls];

    public async Task WaitForCallAsync() => Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(60)));

    public void EndCalls(int count = 1) => _mayEnd.Release(count);

    public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
    {
        var ids = features.Numbers(0).ToArray();
        _calls.Enqueue([.. ids.Select(id => (int)id)]);
        _begun.Release();
        _mayEnd.Wait(cancellationToken);
        foreach (var id in ids.Where(id => id < 0))
        {
            throw new BadRowException(id);
        }

        predictions.Resize(ids.Length);
        for (var row = 0; row < ids.Length; row++)
        {
            predictions.Values[row] = Identified.AnswerTo(ids[row]);
        }
    }

    public void Dispose() => IsDisposed = true;
}
