using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.Compiled.Trees;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

public sealed class KernelChoiceTests
{
    [Fact]
    public async Task The_fastest_kernel_is_chosen_and_reported_first()
    {
        var (bundle, scorer) = await CompileBankAsync();
        var stage = Assert.Single(scorer.Plan.Trees);
        foreach (var fastest in stage.Forest.BatchKernels.Where(kernel => kernel.IsPromising))
        {
            scorer.ChooseKernels(bundle.Golden.Features, new TestTimer(kernel => kernel == fastest ? 64 : 6400));

            Assert.Same(fastest, stage.BatchKernel);
            Assert.Contains($"; many rows: {fastest.Name} (1.00 µs a row; ", scorer.Kernels, StringComparison.Ordinal);
            Assert.Contains(" 100.00", scorer.Kernels, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_choice_repairs_a_bad_first_one()
    {
        var (bundle, scorer) = await CompileBankAsync();
        var stage = Assert.Single(scorer.Plan.Trees);
        scorer.ChooseKernels(bundle.Golden.Features, new TestTimer(_ => 123_456));
        (stage.RowKernel, stage.BatchKernel) = (stage.Forest.RowKernels[0], stage.Forest.BatchKernels[0]);
        var firstReport = scorer.Kernels;

        scorer.ChooseKernelsAgain(bundle.Golden.Features);

        // The plain kernels are by far the slowest in a forest of this size, so that they are not even timed.
        Assert.NotEqual("plain", stage.RowKernel.Name);
        Assert.NotEqual("plain", stage.BatchKernel.Name);
        Assert.NotEqual(firstReport, scorer.Kernels);
        Assert.Contains($"one row: {stage.RowKernel.Name} (", scorer.Kernels, StringComparison.Ordinal);
        Assert.Contains($"many rows: {stage.BatchKernel.Name} (", scorer.Kernels, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_that_is_cancelled_keeps_the_kernels()
    {
        var (bundle, scorer) = await CompileBankAsync();
        var stage = Assert.Single(scorer.Plan.Trees);
        var (rowKernel, batchKernel, report) = (stage.RowKernel, stage.BatchKernel, scorer.Kernels);

        Assert.Throws<OperationCanceledException>(() =>
            scorer.ChooseKernelsAgain(bundle.Golden.Features, new CancellationToken(canceled: true)));

        Assert.Same(rowKernel, stage.RowKernel);
        Assert.Same(batchKernel, stage.BatchKernel);
        Assert.Equal(report, scorer.Kernels);
    }

    [Fact]
    public async Task Rows_get_the_same_answers_while_kernels_are_chosen()
    {
        var (bundle, scorer) = await CompileBankAsync();
        var rows = bundle.Golden.Features;
        var expected = Score(scorer, rows);
        using var stop = new CancellationTokenSource();
        var scoring = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(expected, Score(scorer, rows));
            }
        })).ToArray();

        // Each choice prefers other kernels.
        var random = new Random(1);
        for (var choice = 0; choice < 40; choice++)
        {
            scorer.ChooseKernels(rows, new TestTimer(_ => random.Next(1, 1000)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(scoring);
    }

    [Fact]
    public async Task Without_rows_nothing_is_timed()
    {
        var (bundle, scorer) = await CompileBankAsync();

        scorer.ChooseKernels(new FeatureBatch(bundle.Manifest.Signature), new TestTimer(_ => throw new InvalidOperationException()));

        Assert.Contains("(not timed: no rows)", scorer.Kernels, StringComparison.Ordinal);
    }

    private static async Task<(Bundle Bundle, CompiledScorer Scorer)> CompileBankAsync()
    {
        var bundle = await new BundleReader().ReadAsync(Path.Combine(Repository.Models, "bank/1"), CancellationToken.None);
        return (bundle, CompiledScorer.TryCompile(bundle, out _)!);
    }

    private static float[] Score(CompiledScorer scorer, FeatureBatch rows)
    {
        var predictions = new PredictionBatch(rows.Signature);
        scorer.Score(rows, predictions, CancellationToken.None);
        return predictions.Probabilities.ToArray();
    }

    private sealed class TestTimer(Func<Kernel, double> microseconds) : IKernelTimer
    {
        public double Measure(Kernel kernel, Action score)
        {
            score();
            return microseconds(kernel);
        }
    }
}
