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

        using (var stopped = StoppableRun.Start(cancellation.Token))
        using (var other = StoppableRun.Start(CancellationToken.None))
        {
            await cancellation.CancelAsync();

            Assert.Equal((true, false), (stopped.Options.Terminate, other.Options.Terminate));
            Assert.Throws<OnnxRuntimeException>(() => Run(stopped.Options));
            Run(other.Options).Dispose();
        }

        // Those that were stopped do not come back.
        var later = Enumerable.Range(0, 20).Select(_ => StoppableRun.Start(CancellationToken.None)).ToList();
        Assert.All(later, run => Assert.False(run.Options.Terminate));
        later.ForEach(run => run.Dispose());

        IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options) => session.Run(options, session.InputNames, [text], session.OutputNames);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_ends_scoring_and_the_scorer_goes_on_for_others()
    {
        var bundle = await new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var predictions = new PredictionBatch(bundle.Manifest.Signature);

        Assert.ThrowsAny<OperationCanceledException>(() => scorer.Score(bundle.Golden.Features, predictions, new CancellationToken(canceled: true)));
        scorer.Score(bundle.Golden.Features, predictions, CancellationToken.None);

        Assert.Equal(bundle.Golden.Labels.ToArray(), predictions.Labels.ToArray());
    }
}
