using System.Diagnostics;
using System.Globalization;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Picks the fastest kernels for a model on the machine at hand, by timing them on its golden rows.</summary>
internal static class KernelChoice
{
    // For each kernel. Together a few milliseconds, which is what the choice may cost when a server starts.
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(0.5);

    // So few that even the slowest kernel is through in a fraction of the budget.
    private const int MostRows = 64;

    /// <summary>Sets the kernels of every stage.</summary>
    /// <param name="plan">The plan, which nobody else uses yet.</param>
    /// <param name="rows">Rows like those that will come; none to keep the kernels as they are.</param>
    /// <returns>Which and why, in words; null when there are no trees.</returns>
    public static string? Choose(Plan plan, FeatureBatch rows)
    {
        if (plan.Trees.Length == 0)
        {
            return null;
        }

        if (rows.Rows == 0)
        {
            return string.Join("; ", plan.Trees.Select(stage => $"one row: {stage.RowKernel.Name}; many rows: {stage.BatchKernel.Name} (not timed: no rows)"));
        }

        var many = new FeatureBatch(rows.Signature, MostRows);
        for (var row = 0; row < Math.Min(plan.BlockRows, MostRows); row++)
        {
            rows.CopyRowTo(many, row % rows.Rows);
        }

        var predictions = new PredictionBatch(rows.Signature);
        var reports = new List<string>();
        foreach (var stage in plan.Trees)
        {
            var byOne = Race(stage.Forest.RowKernels, kernel => stage.RowKernel = kernel, () => ScoreOneByOne(plan, rows, predictions, Math.Min(rows.Rows, 16)));
            var byMany = Race(stage.Forest.BatchKernels, kernel => stage.BatchKernel = kernel, () => ScoreBlock(plan, many, predictions));
            stage.RowKernel = byOne[0].Kernel;
            stage.BatchKernel = byMany[0].Kernel;
            reports.Add($"{stage.Forest.Describe()}; one row: {Describe(byOne, "a row")}; many rows: {Describe(byMany, "a row")}");
        }

        return string.Join("; ", reports);
    }

    private static List<(Kernel Kernel, double Microseconds)> Race(IReadOnlyList<Kernel> kernels, Action<Kernel> use, Func<(long Ticks, int Rows)> score)
    {
        var times = new List<(Kernel Kernel, double Microseconds)>();
        foreach (var kernel in kernels)
        {
            if (!kernel.IsPromising)
            {
                continue;
            }

            use(kernel);

            // The first run compiles it.
            score();
            var fastest = double.PositiveInfinity;
            for (var spent = 0L; spent < Budget.TotalSeconds * Stopwatch.Frequency;)
            {
                var (ticks, rows) = score();
                spent += Math.Max(1, ticks);
                fastest = Math.Min(fastest, ticks * 1e6 / Stopwatch.Frequency / rows);
            }

            times.Add((kernel, fastest));
        }

        times.Sort((one, other) => one.Microseconds.CompareTo(other.Microseconds));
        return times;
    }

    private static (long Ticks, int Rows) ScoreOneByOne(Plan plan, FeatureBatch rows, PredictionBatch predictions, int count)
    {
        var block = plan.CreateBlock(1);
        predictions.Resize(rows.Rows);
        var start = Stopwatch.GetTimestamp();
        for (var row = 0; row < count; row++)
        {
            block.Open(rows, row, 1);
            plan.Score(block, predictions);
        }

        return (Stopwatch.GetTimestamp() - start, count);
    }

    private static (long Ticks, int Rows) ScoreBlock(Plan plan, FeatureBatch rows, PredictionBatch predictions)
    {
        var block = plan.CreateBlock(rows.Rows);
        predictions.Resize(rows.Rows);
        block.Open(rows, 0, rows.Rows);
        var start = Stopwatch.GetTimestamp();
        plan.Score(block, predictions);
        return (Stopwatch.GetTimestamp() - start, rows.Rows);
    }

    private static string Describe(List<(Kernel Kernel, double Microseconds)> times, string unit)
    {
        var (kernel, microseconds) = times[0];
        var others = times.Skip(1).Select(time => $"{time.Kernel.Name} {Format(time.Microseconds)}");
        return $"{kernel.Name} ({Format(microseconds)} µs {unit}; {string.Join(", ", others)})";
    }

    private static string Format(double microseconds) => microseconds.ToString("0.00", CultureInfo.InvariantCulture);
}
