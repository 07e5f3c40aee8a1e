using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;
using ModelApi.Benchmarks.Yardstick;
using ModelApi.Inference.Batches;

namespace ModelApi.Benchmarks.Engines;

/// <summary>What a large batch costs per row, beside ONNX Runtime and scikit-learn, on one thread and on two.</summary>
internal static class ManyRows
{
    private const int BankRows = 45_211;

    public static void Measure(BenchmarkModel model, Options options, Rounds rounds, Report report)
    {
        var all = options.Find("csv") is { } csv ? BankCsv.Read(csv, model.Signature) : model.Batch(BankRows);
        Report.Line(
            "rows", $"{all.Rows}: {(options.Has("csv") ? "bank-full.csv" : "the golden rows again and again, for want of bank-full.csv")}");
        using var compiled = CompiledEngine.TryCompile(model.Bundle, out var reason);
        if (compiled is null)
        {
            report.Missing("batch-ratio", $"the model is not compiled: {reason}");
            return;
        }

        var raw = RawRows.Of(all, all.Rows);
        var features = new FeatureBatch(model.Signature, all.Rows);
        var predictions = new PredictionBatch(model.Signature);
        using var pipeline = BoundPipeline.Open(model);
        using var bound = pipeline.Bind(all);
        using var halves = new TwoThreads(compiled, raw, model.Signature);
        using var sklearn = ScikitLearn.Start(options);
        Sameness.Check(compiled, [all], [bound]);

        List<Contestant> contestants =
        [
            new("onnxruntime, rows bound beforehand", all.Rows, bound.Run),
            new("onnxruntime, values written into bound tensors", all.Rows, () =>
            {
                bound.Fill(all);
                bound.Run();
            }),
            new("compiled, one thread", all.Rows, () =>
            {
                raw.Fill(features, 0, raw.Count);
                compiled.Score(features, predictions, CancellationToken.None);
            }),
            new("compiled, two threads", all.Rows, halves.Run),
        ];
        if (sklearn is not null)
        {
            contestants.Add(new("scikit-learn, n_jobs=1", sklearn.Rows, () => sklearn.Run()));
        }

        var figures = rounds.Measure([.. contestants]);
        for (var i = 0; i < figures.Length; i++)
        {
            var cores = Figures.MedianOf(figures[i].Cores);
            var inUse = double.IsNaN(cores) ? "" : FormattableString.Invariant($" on {cores:0.00} cores");
            Report.Line("bank", $"{1e9 / figures[i].Median:0} rows/s{inUse}: {contestants[i].Name}");
        }

        // Or an engine that takes more cores for itself would pass for a faster one.
        report.AtMost("one-thread", figures[2].Cores, 1.1, "cores in use by the compiled engine on one thread");
        report.AtLeast(
            "batch-ratio", figures[0].Over(figures[2]), 4,
            "times as fast as onnxruntime, rows bound beforehand; one thread each, raw columns to probabilities");
        if (sklearn is not null)
        {
            report.AtLeast("sklearn-ratio", figures[4].Over(figures[2]), 6, "times as fast as scikit-learn's encode + predict_proba");
        }
        else
        {
            report.Missing("sklearn-ratio", "scikit-learn was not run; bench/engines.sh says what it needs");
        }

        report.AtLeast("threads-ratio", figures[2].Over(figures[3]), 1.8, "times as fast on two threads as on one");
    }
}
