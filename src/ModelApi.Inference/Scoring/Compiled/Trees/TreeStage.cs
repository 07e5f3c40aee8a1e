using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>A tree ensemble: its label and its scores.</summary>
/// <param name="ensemble">The trees.</param>
/// <param name="columns">The columns that nodes compare.</param>
/// <param name="labelOutput">The register for a classifier's class.</param>
/// <param name="firstOutput">The first of the consecutive registers for the scores.</param>
internal sealed class TreeStage(TreeEnsemble ensemble, Column[] columns, int labelOutput, int firstOutput) : ColumnStage
{
    private readonly int _targets = ensemble.Targets;

    // Released once the forest is built.
    private (TreeEnsemble Ensemble, Column[] Columns)? _source = (ensemble, columns);
    private Forest? _forest;

    public Forest Forest => _forest ?? throw new InvalidOperationException("The stage is not prepared yet.");

    /// <summary>The kernel for single rows.</summary>
    /// <remarks>May be exchanged while other threads score: a run reads it once, and kernels are immutable.</remarks>
    public Kernel RowKernel { get; set; } = null!;

    /// <summary>The kernel for several rows.</summary>
    /// <inheritdoc cref="RowKernel" path="/remarks"/>
    public Kernel BatchKernel { get; set; } = null!;

    public override void Prepare()
    {
        var (trees, inputs) = _source!.Value;
        _forest = ForestBuilder.Build(trees, inputs);
        _source = null;
        RowKernel = _forest.RowKernels[^1];
        BatchKernel = _forest.BatchKernels[^1];
    }

    public override StageMemory CreateMemory(int rows) =>
        new Memory(Forest.CreateMemory(rows), Forest.Leaves.CreateSums(rows), new float[_targets]);

    public override void Run(Block block) => Run(block, block.Rows == 1 ? RowKernel : BatchKernel);

    /// <summary>Runs with another kernel than the chosen one.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="kernel">One of the forest's kernels for so many rows.</param>
    public void Run(Block block, Kernel kernel)
    {
        var memory = (Memory)block.Memories[Index]!;
        var scores = memory.Scores;
        var leaves = Forest.Leaves;
        leaves.Clear(memory.Sums, block.Rows);
        Forest.Score(block, memory.Forest, memory.Sums, kernel);
        if (block.Capacity == 1)
        {
            var registers = block.RowRegisters();
            registers[labelOutput] = leaves.Finish(0, memory.Sums, scores);
            for (var target = 0; target < scores.Length; target++)
            {
                registers[firstOutput + target] = scores[target];
            }

            return;
        }

        for (var row = 0; row < block.Rows; row++)
        {
            block.Register(labelOutput)[row] = leaves.Finish(row, memory.Sums, scores);
            for (var target = 0; target < scores.Length; target++)
            {
                block.Register(firstOutput + target)[row] = scores[target];
            }
        }
    }

    private sealed class Memory(ForestMemory forest, LeafSums sums, float[] scores) : StageMemory
    {
        public ForestMemory Forest { get; } = forest;

        public LeafSums Sums { get; } = sums;

        public float[] Scores { get; } = scores;
    }
}
