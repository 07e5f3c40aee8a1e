using Microsoft.ML.OnnxRuntime;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring.OnnxRuntime;

public sealed class StoppableRunTests
{
    [Fact]
    public async Task A_token_stops_its_own_run_and_no_other()
    {
        OnnxRuntimeEnvironment.EnsureCreated(threads: 1);
        using var session = new InferenceSession(File.ReadAllBytes(Path.Combine(Repository.Models, "project-tags", "1", "pipeline.onnx")));
        using var text = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1, 1]);
        using var cancellation = new CancellationTokenSource();

        using var stopped = new StoppableRun();
        using var other = new StoppableRun();
        stopped.Begin(cancellation.Token);
        other.Begin(CancellationToken.None);

        await cancellation.CancelAsync();

        Assert.Throws<OnnxRuntimeException>(() => Run(stopped.Options));
        Run(other.Options).Dispose();

        // Nor does it stop the next of the same options.
        stopped.End();
        stopped.Begin(CancellationToken.None);
        Run(stopped.Options).Dispose();

        IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options) =>
            session.Run(options, session.InputNames, [text], session.OutputNames);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_ends_scoring_and_the_scorer_goes_on_for_others()
    {
        var bundle = await new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var predictions = new PredictionBatch(bundle.Manifest.Signature);

        Assert.ThrowsAny<OperationCanceledException>(() =>
            scorer.Score(bundle.Golden.Features, predictions, new CancellationToken(canceled: true)));
        scorer.Score(bundle.Golden.Features, predictions, CancellationToken.None);

        Assert.Equal(bundle.Golden.Labels.ToArray(), predictions.Labels.ToArray());
    }

    [Fact]
    public async Task Whenever_a_token_is_cancelled_the_work_ends_as_cancelled_or_whole_and_later_calls_are_whole()
    {
        var bundle = await new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var predictions = new PredictionBatch(bundle.Manifest.Signature);
        var expected = bundle.Golden.Labels.ToArray();

        for (var i = 0; i < 200; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var cancelling = Task.Run(() =>
            {
                Thread.SpinWait(i * 50);
                cancellation.Cancel();
            });
            if (TryScore(cancellation.Token))
            {
                Assert.Equal(expected, predictions.Labels.ToArray());
            }

            await cancelling;
            scorer.Score(bundle.Golden.Features, predictions, CancellationToken.None);
            Assert.Equal(expected, predictions.Labels.ToArray());
        }

        bool TryScore(CancellationToken cancellationToken)
        {
            try
            {
                scorer.Score(bundle.Golden.Features, predictions, cancellationToken);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
