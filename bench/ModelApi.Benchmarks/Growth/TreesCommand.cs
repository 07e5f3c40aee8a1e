using ModelApi.Benchmarks.Engines;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;
using ModelApi.Benchmarks.Yardstick;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Benchmarks.Growth;

/// <summary>What a row costs in forests of 10 to 2,000 trees, as CSV; bench/growth.sh calls it.</summary>
internal static class TreesCommand
{
    private static readonly int[] Trees = [10, 20, 50, 100, 200, 500, 1000, 2000];
    private static readonly int[] Rows = [1, 1000];

    /// <summary>Options: <c>--quick</c>.</summary>
    public static int Run(Options options)
    {
        var rounds = options.Has("quick")
            ? Rounds.For(isQuick: true)
            : new Rounds(3, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(500));
        var root = Directory.CreateTempSubdirectory("modelapi-trees-").FullName;
        try
        {
            Console.WriteLine("trees,rows,engine,ns_per_row_and_tree,us_per_row");
            foreach (var trees in options.Has("quick") ? [Trees[0], Trees[^1]] : Trees)
            {
                Measure(BenchmarkModel.LoadFrom(ForestBundle.Write(root, $"forest-{trees}", trees)), trees, rounds);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Measure(BenchmarkModel model, int trees, Rounds rounds)
    {
        using var onnxRuntime = new OnnxRuntimeScorer(model.Bundle);
        using var compiled = CompiledEngine.TryCompile(model.Bundle, out var reason);
        if (compiled is null)
        {
            Console.Error.WriteLine($"trees: {model.Bundle.Manifest.Name} is not compiled: {reason}");
        }
        else
        {
            using var pipeline = BoundPipeline.Open(model);
            using var bound = pipeline.Bind(model.Rows);
            Sameness.Check(compiled, [model.Rows], [bound]);
        }

        (string Name, IScorer Scorer)[] engines = compiled is null
            ? [("onnxruntime", onnxRuntime)]
            : [("onnxruntime", onnxRuntime), ("compiled", compiled)];
        foreach (var rows in Rows)
        {
            var contestants = engines.Select(engine => Contestant(engine.Name, engine.Scorer, model, rows)).ToArray();
            var figures = rounds.Measure(contestants);
            for (var i = 0; i < contestants.Length; i++)
            {
                Console.WriteLine(FormattableString.Invariant(
                    $"{trees},{rows},{contestants[i].Name},{figures[i].Median / trees:0.###},{figures[i].Median / 1000:0.###}"));
            }
        }
    }

    // One row at a time goes through all of them; many are one batch.
    private static Contestant Contestant(string name, IScorer scorer, BenchmarkModel model, int rows)
    {
        var predictions = new PredictionBatch(model.Signature);
        if (rows > 1)
        {
            var batch = model.Batch(rows);
            return new Contestant(name, rows, () => scorer.Score(batch, predictions, CancellationToken.None));
        }

        var singles = Enumerable.Range(0, model.Rows.Rows).Select(row =>
        {
            var single = new FeatureBatch(model.Signature);
            model.Rows.CopyRowTo(single, row);
            return single;
        }).ToArray();
        return new Contestant(name, singles.Length, () =>
        {
            foreach (var single in singles)
            {
                scorer.Score(single, predictions, CancellationToken.None);
            }
        });
    }
}
