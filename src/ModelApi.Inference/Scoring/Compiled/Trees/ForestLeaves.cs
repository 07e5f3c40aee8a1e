using System.Numerics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>The weights of a forest's leaves, and how they add up.</summary>
/// <remarks>
/// Sums have the graph's own type and grow in the order of the trees, so that every kernel, and ONNX Runtime on one thread,
/// gives the same last bit. Thread-safe: the sums belong to the caller.
/// </remarks>
internal abstract class ForestLeaves
{
    /// <summary>Creates the sums of so many rows.</summary>
    public abstract LeafSums CreateSums(int rows);

    /// <summary>Resets the sums of so many rows.</summary>
    public abstract void Clear(LeafSums sums, int rows);

    /// <summary>Adds the leaves of one tree for consecutive rows.</summary>
    /// <param name="found">The leaf of each row, as the index of its node.</param>
    /// <param name="start">The first row.</param>
    /// <param name="sums">Created by <see cref="CreateSums"/>.</param>
    public abstract void Add(ReadOnlySpan<int> found, int start, LeafSums sums);

    /// <summary>Adds the leaves of consecutive trees for the first row.</summary>
    public abstract void AddRow(ReadOnlySpan<int> found, LeafSums sums);

    /// <summary>Turns the sums of one row into its answer.</summary>
    /// <param name="row">The row.</param>
    /// <param name="sums">Created by <see cref="CreateSums"/>.</param>
    /// <param name="scores">Receives the answer.</param>
    /// <returns>The class; 0 for a regression.</returns>
    public abstract int Finish(int row, LeafSums sums, Span<float> scores);

    /// <param name="ensemble">The trees.</param>
    /// <param name="leaves">For each node of the layout, the leaf of the ensemble that it stands for, or -1.</param>
    public static ForestLeaves Create(TreeEnsemble ensemble, int[] leaves) =>
        ensemble.IsDouble ? Create<double>(ensemble, leaves) : Create<float>(ensemble, leaves);

    private static ForestLeaves Create<T>(TreeEnsemble ensemble, int[] leaves)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var answer = new TreeAnswer<T>(ensemble);
        var isSum = ensemble.Aggregate is Aggregate.Sum or Aggregate.Average;
        if (isSum && (ensemble.Targets == 1 || (ensemble.IsBinary && All(ensemble, leaves, leaf => leaf.Weights == 1))))
        {
            return new SingleLeaves<T>(ensemble, leaves, answer);
        }

        if (!isSum || !All(ensemble, leaves, leaf => leaf.Weights == ensemble.Targets && IsInOrder(ensemble, leaf)))
        {
            return new SparseLeaves<T>(ensemble, leaves, answer);
        }

        // Groups of as many weights as targets start at multiples of their number, as every leaf has as many.
        return answer is TreeAnswer<float> singles && ensemble.Targets <= VectorLeaves.MostTargets
            && All(ensemble, leaves, leaf => leaf.FirstWeight % ensemble.Targets == 0)
            ? new VectorLeaves(ensemble, leaves, singles)
            : new DenseLeaves<T>(ensemble, leaves, answer);
    }

    private static bool All(TreeEnsemble ensemble, int[] leaves, Func<TreeNode, bool> holds) =>
        Array.TrueForAll(leaves, leaf => leaf < 0 || holds(ensemble.Nodes[leaf]));

    private static bool IsInOrder(TreeEnsemble ensemble, TreeNode leaf)
    {
        for (var i = 0; i < leaf.Weights; i++)
        {
            if (ensemble.Weights[leaf.FirstWeight + i].Target != i)
            {
                return false;
            }
        }

        return true;
    }
}
