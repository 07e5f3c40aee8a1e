using System.Text;
using System.Text.Json;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Files;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Files;

/// <summary>Files scored from stream to stream, as a host does it; the command line's tests cover the formats.</summary>
public sealed class RowFileTests
{
    [Fact]
    public async Task A_host_scores_a_stream_and_gets_answers_rejects_progress_and_counts()
    {
        var bundle = await new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
        using var scorer = new OnnxRuntimeScorer(bundle);
        var golden = Golden.Read(Repository.Bank);
        using var input = Stream([.. golden.Select(row => row.Input), "{\"age\":41"]);
        using var output = new MemoryStream();
        using var rejects = new MemoryStream();
        var progress = new Recorder();

        using var rows = RowFile.Open(input, "The upload", bundle.Manifest.Signature);
        var summary = await rows.ScoreAsync(scorer, output, rejects, progress, CancellationToken.None);

        Assert.Equal(FileFormat.JsonLines, rows.Format);
        Assert.Equal((201, 200, 1), (summary.Rows, summary.Scored, summary.Rejected));
        Assert.StartsWith("line 201: Not valid JSON", Assert.Single(summary.FirstRejects), StringComparison.Ordinal);
        Assert.Equal(201, Assert.Single(Lines(rejects)).GetProperty("line").GetInt32());
        Assert.Equal(new RowFileProgress(201, input.Length), progress.Reports[^1]);
        Assert.All(golden.Zip(Lines(output)), pair =>
        {
            Assert.Equal(pair.First.Label, pair.Second.GetProperty("prediction").GetString());
            Assert.All(pair.First.Probabilities, probability =>
                Assert.Equal(probability.Value, pair.Second.GetProperty("probabilities").GetProperty(probability.Key).GetDouble(), 1e-6));
        });
    }

    [Fact]
    public async Task A_cancelled_run_ends_only_after_the_scorer_has_returned()
    {
        using var scorer = new WaitingScorer();
        using var input = Stream(["n", "1"]);
        using var cancellation = new CancellationTokenSource();
        using var rows = RowFile.Open(input, "The upload", OneNumber);

        var run = rows.ScoreAsync(scorer, System.IO.Stream.Null, null, null, cancellation.Token);
        await scorer.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancellation.CancelAsync();
        await Task.Delay(100);
        var endedEarly = run.IsCompleted;
        scorer.Continue.Set();

        Assert.False(endedEarly);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(scorer.HasReturned);
    }

    [Fact]
    public async Task A_failure_of_the_model_is_one_sentence_and_keeps_its_cause()
    {
        using var scorer = new WaitingScorer { Failure = new InvalidOperationException("no kernel") };
        scorer.Continue.Set();
        using var input = Stream(["n", "1"]);
        using var rows = RowFile.Open(input, "The upload", OneNumber);

        var failure = await Assert.ThrowsAsync<RowFileException>(
            () => rows.ScoreAsync(scorer, System.IO.Stream.Null, null, null, CancellationToken.None));

        Assert.Equal("The model failed on a batch of rows: no kernel", failure.Message);
        Assert.Same(scorer.Failure, failure.InnerException);
    }

    [Fact]
    public void A_source_that_cannot_be_read_is_named()
    {
        using var input = new BrokenStream();

        var failure = Assert.Throws<RowFileException>(() => RowFile.Open(input, "The upload", OneNumber));

        Assert.Equal("The upload cannot be read: the disk is gone", failure.Message);
    }

    private static Signature OneNumber { get; } =
        new([new Feature { Name = "n", Type = FeatureType.Number, Example = 1 }]) { Task = ModelTask.Regression };

    private static MemoryStream Stream(IEnumerable<string> lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private static List<JsonElement> Lines(MemoryStream stream) =>
        [.. Encoding.UTF8.GetString(stream.ToArray()).TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private sealed class Recorder : IProgress<RowFileProgress>
    {
        public List<RowFileProgress> Reports { get; } = [];

        public void Report(RowFileProgress value) => Reports.Add(value);
    }

    /// <summary>Waits in its call, whatever its token says, as native code may.</summary>
    private sealed class WaitingScorer : IScorer
    {
        public string Engine => "waiting";

        public Exception? Failure { get; init; }

        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Continue { get; } = new();

        public bool HasReturned { get; private set; }

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            Called.SetResult();
            Continue.Wait(CancellationToken.None);
            predictions.Resize(features.Rows);
            HasReturned = true;
            if (Failure is not null)
            {
                throw Failure;
            }
        }

        public void Dispose() => Continue.Dispose();
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("the disk is gone");
    }
}
