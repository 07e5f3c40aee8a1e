using ModelApi.Benchmarks.Measuring;
using ModelApi.Benchmarks.Models;

namespace ModelApi.Benchmarks.Engines;

/// <summary>Prints the bars about scoring; bench/engines.sh calls it.</summary>
internal static class EnginesCommand
{
    private static readonly Dictionary<string, double> OneRowBars = new() { ["bank"] = 8, ["credit-risk"] = 8, ["breast-cancer"] = 10 };

    /// <summary>
    /// Options: <c>--quick</c>, <c>--csv</c> (bank-full.csv), <c>--python</c> and <c>--forest</c> (where scikit-learn keeps its model).
    /// </summary>
    public static int Run(Options options)
    {
        var rounds = Rounds.For(options.Has("quick"));
        var report = new Report();
        foreach (var name in BenchmarkModel.Names)
        {
            OneRow.Measure(BenchmarkModel.Load(name), OneRowBars.TryGetValue(name, out var bar) ? bar : null, rounds, report);
        }

        ManyRows.Measure(BenchmarkModel.Load("bank"), options, rounds, report);
        return report.Close();
    }
}
