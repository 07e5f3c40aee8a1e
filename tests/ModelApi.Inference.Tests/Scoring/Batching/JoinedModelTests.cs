using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Batching;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring.Batching;

/// <summary>The text model that ships, with its callers' rows joined.</summary>
public sealed class JoinedModelTests
{
    private const float Tolerance = 1e-6f;

    [Fact]
    public async Task Callers_of_the_text_model_get_the_answers_that_each_gets_alone()
    {
        var bundle = await new BundleReader().ReadAsync(Path.Combine(Repository.Models, "project-tags", "1"), CancellationToken.None);
        var signature = bundle.Manifest.Signature;
        var scorer = new GatedScorer(new OnnxRuntimeScorer(bundle));
        using var batcher = new AdaptiveBatcher(
            scorer,
            signature,
            new BatchingPolicy { MaxConcurrentCalls = 2, MaxRows = 8, MaxQueuedRows = 10_000, MaxQueueTime = TimeSpan.FromHours(1) });
        var rows = Enumerable.Range(0, bundle.Golden.Features.Rows).Select(row => Row(bundle, row)).ToList();
        var alone = rows.ConvertAll(row => Score(scorer, row));

        // Two hold the scorer until all others have come, who then can only be scored together.
        scorer.Close();
        var holding = new[] { Task.Run(() => ScoreAsync(batcher, rows[0])), Task.Run(() => ScoreAsync(batcher, rows[1])) };
        await scorer.WaitForCallsAsync(holding.Length);
        var joined = Enumerable.Range(0, 4000).Select(i => ScoreAsync(batcher, rows[i % rows.Count])).ToList();
        scorer.Open();
        await Task.WhenAll(holding);
        var answers = await Task.WhenAll(joined);

        Assert.Equal(8, scorer.LargestCall);
        for (var i = 0; i < answers.Length; i++)
        {
            var expected = alone[i % rows.Count];
            Assert.Equal(expected.Labels.ToArray(), answers[i].Labels.ToArray());
            Assert.Equal(expected.Probabilities.ToArray(), answers[i].Probabilities.ToArray(), (a, b) => MathF.Abs(a - b) <= Tolerance);
        }
    }

    private static async Task<PredictionBatch> ScoreAsync(AdaptiveBatcher batcher, FeatureBatch row)
    {
        var predictions = new PredictionBatch(row.Signature);
        await batcher.ScoreAsync(row, predictions, CancellationToken.None);
        return predictions;
    }

    private static FeatureBatch Row(Bundle bundle, int row)
    {
        var single = new FeatureBatch(bundle.Manifest.Signature);
        bundle.Golden.Features.CopyRowTo(single, row);
        return single;
    }

    private static PredictionBatch Score(GatedScorer scorer, FeatureBatch row)
    {
        var predictions = new PredictionBatch(row.Signature);
        scorer.Score(row, predictions, CancellationToken.None);
        return predictions;
    }

    /// <summary>ONNX Runtime behind a gate that the test can close.</summary>
    private sealed class GatedScorer(OnnxRuntimeScorer scorer) : IScorer
    {
        private readonly SemaphoreSlim _begun = new(0);
        private readonly ManualResetEventSlim _gate = new(initialState: true);
        private int _largestCall;

        public string Engine => scorer.Engine;

        public int LargestCall => Volatile.Read(ref _largestCall);

        public void Close() => _gate.Reset();

        public void Open() => _gate.Set();

        public async Task WaitForCallsAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Assert.True(await _begun.WaitAsync(TimeSpan.FromSeconds(60)));
            }
        }

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            for (var seen = LargestCall; seen < features.Rows; seen = LargestCall)
            {
                Interlocked.CompareExchange(ref _largestCall, features.Rows, seen);
            }

            if (!_gate.IsSet)
            {
                _begun.Release();
                _gate.Wait(cancellationToken);
            }

            scorer.Score(features, predictions, cancellationToken);
        }

        public void Dispose() => scorer.Dispose();
    }
}
