using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;
using ModelApi.Benchmarks.Yardstick;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Benchmarks.Engines;

/// <summary>What one row costs by itself. A run goes through all of a model's rows, so that no row is known by heart.</summary>
internal static class OneRow
{
    public static void Measure(BenchmarkModel model, double? bar, Rounds rounds, Report report)
    {
        var name = model.Bundle.Manifest.Name;
        var count = model.Rows.Rows;
        var raw = RawRows.Of(model.Rows, count);
        var singles = Enumerable.Range(0, count).Select(row => Filled(raw, row, model)).ToArray();
        using var pipeline = BoundPipeline.Open(model);
        var bound = singles.Select(pipeline.Bind).ToArray();
        using var rebound = pipeline.Bind(singles[0]);
        using var onnxRuntime = new OnnxRuntimeScorer(model.Bundle);
        using var compiled = CompiledEngine.TryCompile(model.Bundle, out var reason);

        var contestants = new List<Contestant>
        {
            new("onnxruntime, every row bound beforehand", count, () =>
            {
                foreach (var row in bound)
                {
                    row.Run();
                }
            }),
            new("onnxruntime, values written into bound tensors", count, () =>
            {
                foreach (var single in singles)
                {
                    rebound.Fill(single);
                    rebound.Run();
                }
            }),
            new("OnnxRuntimeScorer", count, FromRaw(onnxRuntime, raw, model)),
        };
        if (compiled is not null)
        {
            Sameness.Check(compiled, singles, bound);
            contestants.Add(new("compiled", count, FromRaw(compiled, raw, model)));
            contestants.Add(new("compiled, scoring alone", count, Alone(compiled, singles, model)));
        }

        var figures = rounds.Measure([.. contestants]);
        for (var i = 0; i < figures.Length; i++)
        {
            var source = i == 0 ? $", {pipeline.Source}" : "";
            Report.Line(
                name,
                $"{figures[i].Median / 1000:0.00} µs, {figures[i].Bytes[0] / count:0.#} bytes per row: {contestants[i].Name}{source}");
        }

        Judge(name, compiled is null ? null : figures, reason, bar, report);
        foreach (var row in bound)
        {
            row.Dispose();
        }
    }

    private static void Judge(string name, Figures[]? figures, string reason, double? bar, Report report)
    {
        if (figures is null)
        {
            if (bar is not null)
            {
                report.Missing($"{name}-ratio", $"the model is not compiled: {reason}");
            }

            return;
        }

        const string What = "times as fast as onnxruntime: one row, raw features to probabilities, one thread";

        // Writing the values into one set of tensors can beat having all rows bound, which takes more of the caches.
        var yardstick = figures[0].Median <= figures[1].Median ? figures[0] : figures[1];
        var ratios = yardstick.Over(figures[3]);
        if (bar is not null)
        {
            report.AtLeast($"{name}-ratio", ratios, bar.Value, What);

            // Raw rows hold texts in UTF-8, which a batch holds as strings.
            report.AtMost($"{name}-allocation", figures[4].Bytes, 0, "bytes allocated by scoring all of its rows");
        }
        else
        {
            Report.Line($"{name}-ratio", $"{Figures.MedianOf(ratios):0.##} {What}");
        }
    }

    private static FeatureBatch Filled(RawRows raw, int row, BenchmarkModel model)
    {
        var single = new FeatureBatch(model.Signature);
        raw.FillOne(single, row);
        return single;
    }

    private static Action FromRaw(IScorer scorer, RawRows raw, BenchmarkModel model)
    {
        var features = new FeatureBatch(model.Signature);
        var predictions = new PredictionBatch(model.Signature);
        return () =>
        {
            for (var row = 0; row < raw.Count; row++)
            {
                raw.FillOne(features, row);
                scorer.Score(features, predictions, CancellationToken.None);
            }
        };
    }

    private static Action Alone(IScorer scorer, FeatureBatch[] singles, BenchmarkModel model)
    {
        var predictions = new PredictionBatch(model.Signature);
        return () =>
        {
            foreach (var single in singles)
            {
                scorer.Score(single, predictions, CancellationToken.None);
            }
        };
    }
}
