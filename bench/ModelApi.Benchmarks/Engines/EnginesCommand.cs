using ModelApi.Benchmarks.Generated;
using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;

namespace ModelApi.Benchmarks.Engines;

/// <summary>Prints the bars about scoring; bench/engines.sh calls it.</summary>
internal static class EnginesCommand
{
    // Times as fast as PredictionEngine.Predict.
    private const double MlNetBar = 10;

    private static readonly Dictionary<string, double> OneRowBars = new()
    {
        ["bank"] = 8,
        ["credit-risk"] = 8,
        ["breast-cancer"] = 10,
        ["wine-quality"] = 8,
        ["project-tags"] = 5,
        [NetworkModel.Name] = 3,
        [SvmModel.Name] = 2,
    };

    /// <summary>
    /// Options: <c>--quick</c>, <c>--only</c> (part of a model's name), <c>--csv</c> (bank-full.csv), <c>--python</c> and
    /// <c>--forest</c> (where scikit-learn keeps its model).
    /// </summary>
    public static int Run(Options options)
    {
        var rounds = Rounds.For(options.Has("quick"));
        var report = new Report();
        var only = options.Find("only");
        var root = Directory.CreateTempSubdirectory("modelapi-engines-").FullName;
        try
        {
            string[] folders = [.. BenchmarkModel.Names.Select(Repository.BundleOf), NetworkModel.Write(root), SvmModel.Write(root)];
            foreach (var folder in folders.Where(folder => only is null || folder.Contains(only, StringComparison.Ordinal)))
            {
                var model = BenchmarkModel.LoadFrom(folder);
                OneRow.Measure(model, OneRowBars.TryGetValue(model.Bundle.Manifest.Name, out var bar) ? bar : null, rounds, report);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        if (only is null || OneRowOfMlNet.Name.Contains(only, StringComparison.Ordinal))
        {
            OneRowOfMlNet.Measure(MlNetBar, rounds, report);
        }

        if (only is null)
        {
            ManyRows.Measure(BenchmarkModel.Load("bank"), options, rounds, report);
        }

        return report.Close();
    }
}
