using System.Diagnostics;
using System.Globalization;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Plans;
using ModelApi.Inference.Scoring.Compiled.Trees;

namespace ModelApi.Inference.Scoring.Compiled;

/// <summary>Chooses the fastest kernels of a plan on this machine, by timing them on rows of the model.</summary>
/// <remarks>
/// Kernels run on blocks of its own, and the chosen ones are set at the end, so other threads may score with the plan meanwhile.
/// </remarks>
internal sealed class KernelChoice
{
    // So few that even the slowest kernel takes only a fraction of its time budget.
    private const int MostRows = 64;
    private const int MostSingleRows = 16;

    // The runtime optimizes a method in two stages, each after 30 calls and in the background, at most every 100 ms.
    private const int WarmUpRounds = 3;
    private const int WarmUpCalls = 32;
    private static readonly TimeSpan WarmUpBudget = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(120);

    private readonly Plan _plan;
    private readonly Block[] _singles;
    private readonly Block _group;
    private readonly Block _many;

    /// <param name="plan">The plan.</param>
    /// <param name="rows">Typical rows, at least one.</param>
    public KernelChoice(Plan plan, FeatureBatch rows)
    {
        _plan = plan;
        var many = new FeatureBatch(rows.Signature, MostRows);
        for (var row = 0; row < Math.Min(plan.BlockRows, MostRows); row++)
        {
            rows.CopyRowTo(many, row % rows.Rows);
        }

        var predictions = new PredictionBatch(rows.Signature);
        predictions.Resize(Math.Max(rows.Rows, many.Rows));
        _singles = new Block[Math.Min(rows.Rows, MostSingleRows)];
        for (var row = 0; row < _singles.Length; row++)
        {
            _singles[row] = Open(rows, row, 1);
        }

        _group = Open(many, 0, Math.Min(Forest.Group, many.Rows));
        _many = Open(many, 0, many.Rows);

        // The stages before the trees run once and leave their results in the block.
        Block Open(FeatureBatch features, int start, int count)
        {
            var block = plan.CreateBlock(count);
            block.Open(features, start, count);
            plan.Score(block, predictions);
            return block;
        }
    }

    /// <summary>The kernels of a plan that are not timed, as text; null for a plan without trees.</summary>
    public static string? DescribeUntimed(Plan plan) =>
        plan.Trees.Length == 0
            ? null
            : string.Join("; ", plan.Trees.Select(stage =>
                $"one row: {stage.RowKernel.Name}; many rows: {stage.BatchKernel.Name} (not timed: no rows)"));

    /// <summary>Calls the kernels until the runtime has optimized them.</summary>
    public void WarmUp(CancellationToken cancellationToken)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            foreach (var stage in _plan.Trees)
            {
                foreach (var kernel in stage.Forest.RowKernels.Where(kernel => kernel.IsPromising))
                {
                    CallOften(() => ScoreSingles(stage, kernel), WarmUpCalls / _singles.Length);
                }

                foreach (var kernel in stage.Forest.BatchKernels.Where(kernel => kernel.IsPromising))
                {
                    CallOften(() => stage.Run(_group, kernel), WarmUpCalls);
                }
            }

            cancellationToken.WaitHandle.WaitOne(WarmUpPause);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Times the kernels and sets the fastest ones.</summary>
    /// <returns>The chosen kernels with the times of all, as text; null for a plan without trees.</returns>
    public string? Choose(IKernelTimer timer)
    {
        var reports = new List<string>();
        foreach (var stage in _plan.Trees)
        {
            var byOne = Time(timer, stage.Forest.RowKernels, kernel => ScoreSingles(stage, kernel), _singles.Length);
            var byMany = Time(timer, stage.Forest.BatchKernels, kernel => stage.Run(_many, kernel), _many.Rows);
            stage.RowKernel = byOne[0].Kernel;
            stage.BatchKernel = byMany[0].Kernel;
            reports.Add($"{stage.Forest.Describe()}; one row: {Describe(byOne)}; many rows: {Describe(byMany)}");
        }

        return reports.Count == 0 ? null : string.Join("; ", reports);
    }

    private void CallOften(Action score, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call <= calls && Stopwatch.GetElapsedTime(start) < WarmUpBudget / _plan.Trees.Length; call++)
        {
            score();
        }
    }

    private void ScoreSingles(TreeStage stage, Kernel kernel)
    {
        foreach (var block in _singles)
        {
            stage.Run(block, kernel);
        }
    }

    private static List<KernelTime> Time(
        IKernelTimer timer, IReadOnlyList<Kernel> kernels, Action<Kernel> score, int rows)
    {
        var times = new List<KernelTime>();
        foreach (var kernel in kernels)
        {
            if (kernel.IsPromising)
            {
                times.Add(new(kernel, timer.Measure(kernel, () => score(kernel)) / rows));
            }
        }

        times.Sort((one, other) => one.Microseconds.CompareTo(other.Microseconds));
        return times;
    }

    private static string Describe(List<KernelTime> times)
    {
        var (kernel, microseconds) = times[0];
        var others = times.Skip(1).Select(time => $"{time.Kernel.Name} {Format(time.Microseconds)}");
        var comparison = times.Count > 1 ? $"; {string.Join(", ", others)}" : "";
        return $"{kernel.Name} ({Format(microseconds)} µs a row{comparison})";
    }

    private static string Format(double microseconds) => microseconds.ToString("0.00", CultureInfo.InvariantCulture);

    private sealed record KernelTime(Kernel Kernel, double Microseconds);
}
