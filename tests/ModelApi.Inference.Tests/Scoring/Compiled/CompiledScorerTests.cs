using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

public sealed class CompiledScorerTests
{
    public static TheoryData<string> Bundles => ["bank/1", "breast-cancer/1", "credit-risk/1", "project-tags/1", "wine-quality/1"];

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task A_large_batch_gets_the_answers_of_ONNX_Runtime_from_any_number_of_threads(string path)
    {
        var bundle = await ReadAsync(path);
        var rows = Rows(bundle, 10_007);
        using var reference = new OnnxRuntimeScorer(bundle);
        foreach (var threads in new[] { 1, 2, 3, 16 })
        {
            using var scorer = CompiledScorer.TryCompile(bundle, out _, threads);

            Assert.Null(Sameness.FindDifference(rows, reference, scorer!, floor: 3e-7));
        }
    }

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Scoring_allocates_nothing(string path)
    {
        var bundle = await ReadAsync(path);
        using var scorer = CompiledScorer.TryCompile(bundle, out _);
        FeatureBatch[] batches = [Rows(bundle, 1), Rows(bundle, 999), Rows(bundle, 1)];
        var predictions = new PredictionBatch(bundle.Manifest.Signature);
        ScoreInTurn();

        // The runtime itself allocates now and then, but not in every one of these attempts.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => Allocated()), 0, 99);

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ScoreInTurn();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void ScoreInTurn()
        {
            for (var i = 0; i < 300; i++)
            {
                scorer!.Score(batches[i % batches.Length], predictions, CancellationToken.None);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_cancelled_batch_ends_early_and_the_next_one_is_answered(int threads)
    {
        var bundle = await ReadAsync("bank/1");
        using var scorer = CompiledScorer.TryCompile(bundle, out _, threads);
        using var reference = new OnnxRuntimeScorer(bundle);
        var rows = Rows(bundle, 50_000);
        using var cancellation = new CancellationTokenSource();
        var predictions = new PredictionBatch(bundle.Manifest.Signature);
        var scoring = Task.Run(() =>
        {
            // Until it is stopped: one batch after the other.
            while (true)
            {
                scorer!.Score(rows, predictions, cancellation.Token);
            }
        });
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring);

        Assert.Throws<OperationCanceledException>(() => scorer!.Score(rows, predictions, cancellation.Token));
        Assert.Null(Sameness.FindDifference(Rows(bundle, 300), reference, scorer!));
    }

    [Fact]
    public async Task A_batch_without_rows_is_refused()
    {
        var bundle = await ReadAsync("bank/1");
        using var scorer = CompiledScorer.TryCompile(bundle, out _);

        Assert.Throws<ArgumentOutOfRangeException>(() =>
            scorer!.Score(
                new FeatureBatch(bundle.Manifest.Signature), new PredictionBatch(bundle.Manifest.Signature), CancellationToken.None));
    }

    [Fact]
    public async Task Missing_texts_and_texts_that_only_the_graph_knows_are_scored_as_ONNX_Runtime_does()
    {
        // The encoder's categories count, not the manifest's.
        var bundle = await ReadAsync("bank/1");
        var rows = Rows(bundle, 30);
        var texts = Enumerable.Range(0, rows.Signature.Features.Count)
            .Where(i => rows.Signature.Features[i].Categories is not null).ToList();
        for (var row = 0; row < rows.Rows; row++)
        {
            rows.SetText(row, texts[row % texts.Count], row % 2 == 0 ? "" : "nobody knows this");
        }

        using var reference = new OnnxRuntimeScorer(bundle);
        using var scorer = CompiledScorer.TryCompile(bundle, out _);

        Assert.Null(Sameness.FindDifference(rows, reference, scorer!));
    }

    [Fact]
    public async Task A_graph_with_an_unknown_operator_is_refused_with_its_name()
    {
        using var scorer = CompiledScorer.TryCompile(await UncompilableBundle.ReadAsync(), out var reason);

        Assert.Null(scorer);
        Assert.StartsWith("it has the operator ", reason, StringComparison.Ordinal);
    }

    private static Task<Bundle> ReadAsync(string path) =>
        new BundleReader().ReadAsync(Path.Combine(Repository.Models, path), CancellationToken.None);

    private static FeatureBatch Rows(Bundle bundle, int count)
    {
        var rows = new FeatureBatch(bundle.Manifest.Signature, count);
        for (var i = 0; i < count; i++)
        {
            bundle.Golden.Features.CopyRowTo(rows, i % bundle.Golden.Features.Rows);
        }

        return rows;
    }
}
