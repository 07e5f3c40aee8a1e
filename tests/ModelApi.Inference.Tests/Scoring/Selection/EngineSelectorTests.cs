using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.Compiled;
using ModelApi.Inference.Scoring.Compiled.Trees;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
using ModelApi.Inference.Signatures;
using ModelApi.Inference.Tests.Fixtures;

namespace ModelApi.Inference.Tests.Scoring.Selection;

public sealed class EngineSelectorTests
{
    [Theory]
    [InlineData("bank/1", true)]
    [InlineData("breast-cancer/1", false)]
    [InlineData("credit-risk/1", true)]
    [InlineData("project-tags/1", false)]
    [InlineData("wine-quality/1", true)]
    public async Task A_model_that_can_be_compiled_is_once_it_gave_the_answers_of_ONNX_Runtime(string path, bool hasTrees)
    {
        var bundle = await ReadAsync(path);

        var selected = new EngineSelector().Select(bundle);

        using var scorer = selected.Scorer;
        Assert.Equal("compiled", scorer.Engine);
        Assert.Equal(
            $"Compiled: it gives the trainer's answers to {bundle.Golden.Features.Rows} golden rows, "
                + "and ONNX Runtime's to 256 reference rows.",
            selected.Reason);
        Assert.Equal(bundle.Golden.Features.Rows, selected.Golden.Rows);
        Assert.Equal(hasTrees, scorer.Kernels is not null);
    }

    [Fact]
    public async Task A_compiled_model_serves_before_it_is_compared_and_says_so()
    {
        var bundle = await ReadAsync("bank/1");

        var selected = new EngineSelector().SelectFirst(bundle);

        using var scorer = selected.Scorer;
        Assert.Equal("Compiled: it gives the trainer's answers to 200 golden rows; ONNX Runtime's are not compared yet.", selected.Reason);
        Assert.Null(selected.Check(CancellationToken.None));
        Assert.StartsWith(
            "Compiled: it gives the trainer's answers to 200 golden rows, and ONNX Runtime's to 256 reference rows.",
            selected.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compiled_model_that_gives_other_answers_is_left_to_ONNX_Runtime()
    {
        // The stand-in for ONNX Runtime gives one of the 256 reference rows another class.
        var bundle = await ReadAsync("bank/1");
        using var scorer = CompiledFirst(bundle, () => new WrongScorer(new OnnxRuntimeScorer(bundle), 17, 1, 0) { Rows = 256 });
        var selected = new SelectedScorer(scorer);
        var rows = SyntheticRows.Draw(bundle);
        var (before, after) = (new PredictionBatch(bundle.Manifest.Signature), new PredictionBatch(bundle.Manifest.Signature));
        scorer.Score(rows, before, CancellationToken.None);
        var golden = selected.Golden;

        var difference = selected.Check(CancellationToken.None);

        scorer.Score(rows, after, CancellationToken.None);
        Assert.StartsWith("compiled, it answers '", difference, StringComparison.Ordinal);
        Assert.Contains(" to reference row 18 and ONNX Runtime '", difference, StringComparison.Ordinal);
        Assert.Equal($"Not compiled: {difference}.", selected.Reason);
        Assert.Equal(("wrong", null), (scorer.Engine, scorer.Kernels));
        Assert.NotEqual(before.Labels[17], after.Labels[17]);
        Assert.NotSame(golden, selected.Golden);
        Assert.Equal(200, selected.Golden.Rows);
        Assert.Null(selected.Check(CancellationToken.None));
    }

    [Fact]
    public async Task A_model_that_is_to_be_compiled_stays_so_and_the_difference_is_told()
    {
        var bundle = await ReadAsync("bank/1");
        var compiled = CompiledScorer.TryCompile(bundle, out _)!;
        using var scorer = new CompiledFirstScorer(
            bundle,
            compiled,
            GoldenCheck.Run(compiled, bundle.Golden),
            _ => new WrongScorer(new OnnxRuntimeScorer(bundle), 17, 1, 0) { Rows = 256 })
        {
            IsKept = true,
        };
        var selected = new SelectedScorer(scorer);

        var difference = selected.Check(CancellationToken.None);

        Assert.Equal("compiled", scorer.Engine);
        Assert.Equal($"Compiled, as the settings say, although it differs from ONNX Runtime: {difference}.", selected.Reason);
    }

    [Fact]
    public async Task A_compiled_model_stays_when_ONNX_Runtime_does_not_reproduce_the_golden_rows()
    {
        var bundle = await ReadAsync("bank/1");
        using var scorer = CompiledFirst(bundle, () => new WrongScorer(new OnnxRuntimeScorer(bundle), 17, 1, 0) { Rows = 200 });
        var selected = new SelectedScorer(scorer);

        Assert.Null(selected.Check(CancellationToken.None));

        Assert.Equal("compiled", scorer.Engine);
        Assert.StartsWith(
            "Compiled: it gives the trainer's answers to 200 golden rows, and ONNX Runtime does not (1 of 200 rows are not answered",
            selected.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compiled_model_goes_on_when_ONNX_Runtime_cannot_be_asked_and_says_so()
    {
        var bundle = await ReadAsync("bank/1");
        using var scorer = CompiledFirst(bundle, () => throw new NotSupportedException("No such library."));
        var selected = new SelectedScorer(scorer);

        Assert.Throws<NotSupportedException>(() => selected.Check(CancellationToken.None));

        Assert.Equal("compiled", scorer.Engine);
        Assert.EndsWith("; a comparison with ONNX Runtime was not possible (No such library).", selected.Reason, StringComparison.Ordinal);
        Assert.Equal(200, GoldenCheck.Run(scorer, bundle.Golden).Rows);
    }

    [Fact]
    public async Task A_bundle_that_changed_after_it_was_loaded_is_not_compared_and_serves_on()
    {
        using var models = new TemporaryModels();
        var folder = models.AddBank().Folder;
        var bundle = await new BundleReader().ReadAsync(folder, CancellationToken.None);
        var selected = new EngineSelector().SelectFirst(bundle);
        await File.AppendAllTextAsync(Path.Combine(folder, "model.json"), "\n");

        var exception = Assert.Throws<BundleException>(() => selected.Check(CancellationToken.None));

        using var scorer = selected.Scorer;
        Assert.Equal("The bundle was changed after it was loaded.", Assert.Single(exception.Faults).Message);
        Assert.EndsWith(
            "a comparison with ONNX Runtime was not possible (The bundle was changed after it was loaded).",
            selected.Reason,
            StringComparison.Ordinal);
        Assert.Equal(200, GoldenCheck.Run(scorer, bundle.Golden).Rows);
    }

    [Fact]
    public async Task A_check_chooses_the_kernels_again_by_times_of_code_that_is_optimized_by_then()
    {
        var bundle = await ReadAsync("bank/1");
        var compiled = CompiledScorer.TryCompile(bundle, out _)!;
        compiled.ChooseKernels(bundle.Golden.Features, new SlowTimer());
        using var scorer = new CompiledFirstScorer(
            bundle, compiled, GoldenCheck.Run(compiled, bundle.Golden), _ => new OnnxRuntimeScorer(bundle));
        var selected = new SelectedScorer(scorer);
        var atStart = scorer.Kernels;

        selected.Check(CancellationToken.None);

        var checkedOnce = scorer.Kernels;
        Assert.NotEqual(atStart, checkedOnce);
        Assert.Null(selected.Check(CancellationToken.None));
        Assert.Equal(checkedOnce, scorer.Kernels);
    }

    [Theory]
    [InlineData(2, 5, false, "compiled", " A row takes 2.00 µs compiled and 5.00 µs on ONNX Runtime.")]
    [InlineData(12, 11.5, false, "compiled", " A row takes 12.0 µs compiled and 11.5 µs on ONNX Runtime.")]
    [InlineData(12, 5, true, "compiled", " A row takes 12.0 µs compiled and 5.00 µs on ONNX Runtime.")]
    [InlineData(12, 5, false, "onnxruntime", "Not compiled: a row takes 12.0 µs compiled and 5.00 µs on ONNX Runtime.")]
    public async Task ONNX_Runtime_serves_what_it_scores_faster(
        double microseconds, double reference, bool isKept, string engine, string reason)
    {
        var bundle = await ReadAsync("bank/1");
        var compiled = CompiledScorer.TryCompile(bundle, out _)!;
        using var scorer = new CompiledFirstScorer(
            bundle, compiled, GoldenCheck.Run(compiled, bundle.Golden), _ => new OnnxRuntimeScorer(bundle))
        {
            IsKept = isKept,
            Timer = new KnownTimes(new EngineTimes(microseconds, reference)),
        };
        var selected = new SelectedScorer(scorer);

        Assert.Null(selected.Check(CancellationToken.None));

        Assert.StartsWith(engine, scorer.Engine, StringComparison.Ordinal);
        Assert.EndsWith(reason, selected.Reason, StringComparison.Ordinal);
        Assert.Equal(200, GoldenCheck.Run(scorer, bundle.Golden).Rows);
    }

    [Fact]
    public async Task Both_engines_are_timed()
    {
        var bundle = await ReadAsync("bank/1");
        using var compiled = CompiledScorer.TryCompile(bundle, out _)!;
        using var reference = new OnnxRuntimeScorer(bundle);

        var times = new EngineTimer().Measure(bundle.Golden.Features, compiled, reference, CancellationToken.None);

        Assert.InRange(times.Compiled, 0.01, 1_000_000);
        Assert.InRange(times.Reference, 0.01, 1_000_000);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 3e-5f)]
    [InlineData(0, float.NaN)]
    public async Task A_scorer_that_does_not_reproduce_the_golden_rows_is_not_selected_and_is_freed(int shift, float error)
    {
        var bundle = await ReadAsync("bank/1");
        var wrong = new WrongScorer(new OnnxRuntimeScorer(bundle), 17, shift, error) { Rows = 200 };

        Assert.Throws<BundleException>(() => SelectedScorer.Create(wrong, bundle, ""));

        Assert.True(wrong.IsDisposed);
    }

    [Fact]
    public async Task A_model_that_cannot_be_compiled_is_served_by_ONNX_Runtime_and_says_why()
    {
        var selected = new EngineSelector().Select(await UncompilableBundle.ReadAsync());

        using var scorer = Assert.IsType<OnnxRuntimeScorer>(selected.Scorer);
        Assert.Equal($"Not compiled: it has the operator {UncompilableBundle.Operator}.", selected.Reason);
    }

    [Fact]
    public async Task What_must_be_compiled_and_cannot_is_the_bundles_fault()
    {
        var bundle = await UncompilableBundle.ReadAsync();

        var fault = Assert.Single(Assert.Throws<BundleException>(() => new EngineSelector(ScoringEngine.Compiled).Select(bundle)).Faults);

        Assert.StartsWith("It must be compiled, but it has the operator ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ONNX_Runtime_serves_what_it_is_asked_for()
    {
        var selected = new EngineSelector(ScoringEngine.OnnxRuntime).Select(await ReadAsync("bank/1"));

        using var scorer = Assert.IsType<OnnxRuntimeScorer>(selected.Scorer);
        Assert.Equal("ONNX Runtime was asked for.", selected.Reason);
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(1, 0, "compiled, it answers 'yes' to drawn row 18 and ONNX Runtime 'no'")]
    [InlineData(0, 3e-5f, "compiled, it answers 0.")]
    [InlineData(0, float.NaN, "compiled, it answers NaN to drawn row 18")]
    public async Task A_different_answer_is_found(int shift, float error, string? expected)
    {
        var bundle = await ReadAsync("bank/1");
        using var reference = new OnnxRuntimeScorer(bundle);
        using var wrong = new WrongScorer(reference, 17, shift, error);

        var difference = EngineComparison.FindDifference(
            bundle.Golden.Features, bundle.Golden, wrong, reference, "drawn", CancellationToken.None);

        Assert.True(expected is null ? difference is null : difference?.StartsWith(expected, StringComparison.Ordinal), difference);
    }

    [Fact]
    public async Task Reference_rows_are_drawn_from_the_histograms_of_the_training()
    {
        var bundle = await ReadAsync("bank/1");
        var signature = bundle.Manifest.Signature;

        var rows = SyntheticRows.Draw(bundle);

        Assert.Equal(256, rows.Rows);
        for (var feature = 0; feature < signature.Features.Count; feature++)
        {
            var histogram = bundle.Reference!.Value.GetProperty("features").GetProperty(signature.Features[feature].Name);
            var counts = histogram.GetProperty("counts").EnumerateArray().Select(count => count.GetDouble() / 5000).ToArray();
            var shares = new double[counts.Length];
            for (var row = 0; row < rows.Rows; row++)
            {
                var bin = signature.Features[feature].Type == FeatureType.String
                    ? histogram.GetProperty("categories").EnumerateArray().ToList()
                        .FindIndex(category => category.GetString() == rows.Texts(feature)[row])
                    : histogram.GetProperty("edges").EnumerateArray().Count(edge => edge.GetDouble() < rows.Numbers(feature)[row]);
                if (bin >= 0)
                {
                    shares[bin] += 1.0 / rows.Rows;
                }
            }

            // Of 256 rows a share of a tenth is off by two hundredths.
            Assert.All(counts.Zip(shares), pair => Assert.InRange(pair.Second, pair.First - 0.15, pair.First + 0.15));
        }
    }

    private static Task<Bundle> ReadAsync(string path) =>
        new BundleReader().ReadAsync(Path.Combine(Repository.Models, path), CancellationToken.None);

    private static CompiledFirstScorer CompiledFirst(Bundle bundle, Func<IScorer> createReference)
    {
        var compiled = CompiledScorer.TryCompile(bundle, out _)!;
        return new CompiledFirstScorer(bundle, compiled, GoldenCheck.Run(compiled, bundle.Golden), _ => createReference());
    }

    /// <summary>Measures every kernel as slower than any real one.</summary>
    private sealed class SlowTimer : IKernelTimer
    {
        public double Measure(Kernel kernel, Action score) => 1e9;
    }

    /// <summary>Gives one row another answer.</summary>
    private sealed class WrongScorer(IScorer scorer, int row, int shift, float error) : IScorer
    {
        /// <summary>How many rows a batch with a wrong answer has.</summary>
        public int Rows { get; init; } = 200;

        public bool IsDisposed { get; private set; }

        public string Engine => "wrong";

        public void Score(FeatureBatch features, PredictionBatch predictions, CancellationToken cancellationToken)
        {
            scorer.Score(features, predictions, cancellationToken);
            if (features.Rows == Rows)
            {
                predictions.Labels[row] = (predictions.Labels[row] + shift) % 2;
                predictions.Probabilities[2 * row] += error;
            }
        }

        public void Dispose()
        {
            scorer.Dispose();
            IsDisposed = true;
        }
    }

    private sealed class KnownTimes(EngineTimes times) : IEngineTimer
    {
        public EngineTimes Measure(FeatureBatch rows, IScorer compiled, IScorer reference, CancellationToken cancellationToken) => times;
    }
}
