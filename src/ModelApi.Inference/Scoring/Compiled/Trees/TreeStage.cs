using ModelApi.Inference.Scoring.Compiled.Columns;
using ModelApi.Inference.Scoring.Compiled.Plans;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A tree ensemble: its label and its scores.</summary>
/// <param name="ensemble">The trees.</param>
/// <param name="columns">What they look at.</param>
/// <param name="labelOutput">The register for a classifier's class.</param>
/// <param name="firstOutput">The first of the registers for the scores, which follow each other.</param>
internal sealed class TreeStage(TreeEnsemble ensemble, Column[] columns, int labelOutput, int firstOutput) : Stage
{
    private readonly int _targets = ensemble.Targets;

    // Let go of once the forest is built.
    private (TreeEnsemble Ensemble, Column[] Columns)? _source = (ensemble, columns);
    private Forest? _forest;

    public Forest Forest => _forest ?? throw new InvalidOperationException("The stage is not prepared yet.");

    /// <summary>What scores one row.</summary>
    public Kernel RowKernel { get; set; } = null!;

    /// <summary>What scores many.</summary>
    public Kernel BatchKernel { get; set; } = null!;

    public override void Prepare()
    {
        var (trees, inputs) = _source!.Value;
        _forest = ForestBuilder.Build(trees, inputs);
        _source = null;
        RowKernel = _forest.RowKernels[^1];
        BatchKernel = _forest.BatchKernels[^1];
    }

    public override object CreateMemory(int rows) => new Memory(Forest.CreateMemory(rows), Forest.Leaves.CreateSums(rows), new float[_targets]);

    public override void Run(Block block)
    {
        var (memory, sums, scores) = (Memory)block.Memories[Index]!;
        Forest.Leaves.Clear(sums, block.Rows);
        Forest.Score(block, memory, sums, block.Rows == 1 ? RowKernel : BatchKernel);
        for (var row = 0; row < block.Rows; row++)
        {
            block.Register(labelOutput)[row] = Forest.Leaves.Finish(row, sums, scores);
            for (var target = 0; target < scores.Length; target++)
            {
                block.Register(firstOutput + target)[row] = scores[target];
            }
        }
    }

    private sealed record Memory(object Forest, object Sums, float[] Scores);
}
