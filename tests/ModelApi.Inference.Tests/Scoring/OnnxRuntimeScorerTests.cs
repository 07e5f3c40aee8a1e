using System.Text;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring;

public sealed class OnnxRuntimeScorerTests : IAsyncLifetime
{
    private Bundle _bundle = null!;
    private OnnxRuntimeScorer _scorer = null!;

    public async Task InitializeAsync()
    {
        _bundle = await new BundleReader().ReadAsync(Repository.Bank, CancellationToken.None);
        _scorer = new OnnxRuntimeScorer(_bundle);
    }

    public Task DisposeAsync()
    {
        _scorer.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void The_golden_rows_get_the_trainers_answers_whatever_the_batch_size(int batchSize)
    {
        var golden = Golden.Read(Repository.Bank);
        Assert.Equal(200, golden.Count);

        foreach (var rows in golden.Chunk(batchSize))
        {
            var predictions = Score(rows.Select(row => row.Input));
            for (var i = 0; i < rows.Length; i++)
            {
                Assert.Equal(rows[i].Label, Classes[predictions.Labels[i]]);
                for (var c = 0; c < Classes.Count; c++)
                {
                    Assert.Equal(rows[i].Probabilities[Classes[c]], predictions.ProbabilitiesOf(i)[c], tolerance: 1e-6);
                }
            }
        }
    }

    [Fact]
    public void A_category_that_the_trainer_never_saw_is_scored_as_the_trainer_does()
    {
        var unknown = Golden.Read(Repository.Bank).Where(row => row.Kind == "unknown-category").ToList();
        Assert.Equal(10, unknown.Count);

        var predictions = Score(unknown.Select(row => row.Input));

        Assert.Equal(unknown.Select(row => row.Label), predictions.Labels.ToArray().Select(label => Classes[label]));
    }

    [Fact]
    public void A_known_category_with_a_zero_character_behind_it_is_not_that_category()
    {
        var known = Golden.Read(Repository.Bank)[0].Input;
        var plain = Score([known]).Probabilities.ToArray();
        var unknown = Score([known.Replace("\"single\"", "\"no such status\"", StringComparison.Ordinal)]).Probabilities.ToArray();

        var withZero = Score([known.Replace("\"single\"", "\"single\\u0000x\"", StringComparison.Ordinal)]).Probabilities.ToArray();

        Assert.Equal(unknown, withZero);
        Assert.NotEqual(plain, withZero);
    }

    [Fact]
    public async Task Many_threads_get_the_answers_that_one_gets()
    {
        var golden = Golden.Read(Repository.Bank);
        var expected = golden.Select(row => Score([row.Input]).Probabilities.ToArray()).ToList();

        await Parallel.ForAsync(0, 5000, new ParallelOptions { MaxDegreeOfParallelism = 50 }, (i, _) =>
        {
            Assert.Equal(expected[i % golden.Count], Score([golden[i % golden.Count].Input]).Probabilities.ToArray());
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void A_batch_without_rows_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            _scorer.Score(
                new FeatureBatch(_bundle.Manifest.Signature), new PredictionBatch(_bundle.Manifest.Signature), CancellationToken.None));
    }

    [Fact]
    public void The_golden_check_reports_the_largest_difference()
    {
        var report = GoldenCheck.Run(_scorer, _bundle.Golden);

        Assert.Equal(200, report.Rows);
        Assert.InRange(report.LargestDifference, 0, 1e-6);
    }

    private IReadOnlyList<string> Classes => _bundle.Manifest.Signature.Classes!.Names;

    private PredictionBatch Score(IEnumerable<string> rows)
    {
        var features = new FeatureBatch(_bundle.Manifest.Signature);
        var findings = new Findings();
        new JsonFeatureReader(_bundle.Manifest.Signature, new ReadLimits())
            .Read(Encoding.UTF8.GetBytes($"[{string.Join(',', rows)}]"), features, findings);
        Assert.Empty(findings.Errors);
        var predictions = new PredictionBatch(_bundle.Manifest.Signature);
        _scorer.Score(features, predictions, CancellationToken.None);
        return predictions;
    }
}
