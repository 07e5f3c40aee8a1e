using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>What the leaves of a forest hold, and how it adds up.</summary>
/// <remarks>
/// Sums are as wide as the graph's own and are added in the order of the trees: so every kernel, and ONNX Runtime on one thread,
/// gives the same last bit. Thread-safe; what is added up belongs to the caller.
/// </remarks>
internal abstract class ForestLeaves
{
    /// <summary>Memory for the sums of that many rows.</summary>
    public abstract object CreateSums(int rows);

    /// <summary>Begins again.</summary>
    public abstract void Clear(object sums, int rows);

    /// <summary>Adds one tree's leaves.</summary>
    /// <param name="found">The leaf, a node, that each row reached.</param>
    /// <param name="start">The first of the rows.</param>
    /// <param name="sums">Of <see cref="CreateSums"/>.</param>
    public abstract void Add(ReadOnlySpan<int> found, int start, object sums);

    /// <summary>Adds some trees' leaves for the first row.</summary>
    public abstract void AddRow(ReadOnlySpan<int> found, object sums);

    /// <summary>Answers one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="sums">Of <see cref="CreateSums"/>.</param>
    /// <param name="scores">Receives the answer.</param>
    /// <returns>A classifier's class.</returns>
    public abstract int Finish(int row, object sums, Span<float> scores);

    /// <param name="ensemble">The trees.</param>
    /// <param name="leaves">The node of the ensemble that each node of the layout is, if it is a leaf.</param>
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

        return isSum && All(ensemble, leaves, leaf => leaf.Weights == ensemble.Targets && IsInOrder(ensemble, leaf))
            ? new DenseLeaves<T>(ensemble, leaves, answer)
            : new SparseLeaves<T>(ensemble, leaves, answer);
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

/// <summary>Leaves with one number each.</summary>
internal sealed class SingleLeaves<T> : ForestLeaves
    where T : struct, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _weights;
    private readonly TreeAnswer<T> _answer;
    private readonly int _target;
    private readonly int _targets;

    public SingleLeaves(TreeEnsemble ensemble, int[] leaves, TreeAnswer<T> answer)
    {
        _answer = answer;
        _targets = ensemble.Targets;
        _target = _targets == 1 ? 0 : ensemble.Weights[0].Target;

        // ONNX Runtime takes the first weight of a leaf for its only one, and the threshold when it has none.
        _weights = Array.ConvertAll(leaves, leaf => leaf < 0 ? T.Zero
            : T.CreateSaturating(ensemble.Nodes[leaf].Weights > 0 ? ensemble.Weights[ensemble.Nodes[leaf].FirstWeight].Weight : ensemble.Nodes[leaf].Threshold));
    }

    public override object CreateSums(int rows) => new T[rows];

    public override void Clear(object sums, int rows) => Array.Clear((T[])sums, 0, rows);

    public override void Add(ReadOnlySpan<int> found, int start, object sums)
    {
        var weights = _weights;
        var rows = ((T[])sums).AsSpan(start, found.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] += weights[found[row]];
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, object sums)
    {
        // The nodes are the forest's own.
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        var sum = ((T[])sums)[0];
        foreach (var leaf in found)
        {
            sum += Unsafe.Add(ref weights, leaf);
        }

        ((T[])sums)[0] = sum;
    }

    public override int Finish(int row, object sums, Span<float> scores)
    {
        Span<T> values = [T.Zero, T.Zero];
        Span<bool> areScored = [false, false];
        values[_target] = ((T[])sums)[row];
        areScored[_target] = true;
        return _answer.Finish(values[.._targets], areScored[.._targets], scores);
    }
}

/// <summary>Leaves with a number for each target.</summary>
internal sealed class DenseLeaves<T> : ForestLeaves
    where T : struct, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _weights;
    private readonly int[] _first;
    private readonly TreeAnswer<T> _answer;
    private readonly int _targets;
    private readonly bool[] _areScored;

    public DenseLeaves(TreeEnsemble ensemble, int[] leaves, TreeAnswer<T> answer)
    {
        _answer = answer;
        _targets = ensemble.Targets;
        _areScored = [.. Enumerable.Repeat(true, _targets)];
        _weights = Array.ConvertAll(ensemble.Weights, weight => T.CreateSaturating(weight.Weight));
        _first = Array.ConvertAll(leaves, leaf => leaf < 0 ? 0 : ensemble.Nodes[leaf].FirstWeight);
    }

    public override object CreateSums(int rows) => new T[rows * _targets];

    public override void Clear(object sums, int rows) => Array.Clear((T[])sums, 0, rows * _targets);

    public override void Add(ReadOnlySpan<int> found, int start, object sums)
    {
        var rows = ((T[])sums).AsSpan(start * _targets);
        for (var row = 0; row < found.Length; row++)
        {
            Add(found[row], rows.Slice(row * _targets, _targets));
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, object sums)
    {
        var row = ((T[])sums).AsSpan(0, _targets);
        foreach (var leaf in found)
        {
            Add(leaf, row);
        }
    }

    public override int Finish(int row, object sums, Span<float> scores) => _answer.Finish(((T[])sums).AsSpan(row * _targets, _targets), _areScored, scores);

    private void Add(int leaf, Span<T> row)
    {
        var weights = _weights.AsSpan(_first[leaf], row.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            row[i] += weights[i];
        }
    }
}

/// <summary>Leaves of any kind, under any aggregate.</summary>
internal sealed class SparseLeaves<T> : ForestLeaves
    where T : struct, IBinaryFloatingPointIeee754<T>
{
    private readonly (int Target, T Weight)[] _weights;
    private readonly (int First, int Count)[] _leaves;
    private readonly TreeAnswer<T> _answer;
    private readonly Aggregate _aggregate;
    private readonly int _targets;

    public SparseLeaves(TreeEnsemble ensemble, int[] leaves, TreeAnswer<T> answer)
    {
        _answer = answer;
        _aggregate = ensemble.Aggregate;
        _targets = ensemble.Targets;
        var weights = new List<(int, T)>();
        _leaves = Array.ConvertAll(leaves, leaf =>
        {
            if (leaf < 0)
            {
                return default;
            }

            var node = ensemble.Nodes[leaf];
            var first = weights.Count;
            if (_targets == 1)
            {
                weights.Add((0, T.CreateSaturating(node.Weights > 0 ? ensemble.Weights[node.FirstWeight].Weight : node.Threshold)));
            }
            else
            {
                foreach (var weight in ensemble.Weights.AsSpan(node.FirstWeight, node.Weights))
                {
                    weights.Add((weight.Target, T.CreateSaturating(weight.Weight)));
                }
            }

            return (first, weights.Count - first);
        });
        _weights = [.. weights];
    }

    public override object CreateSums(int rows) => new Sums(new T[rows * _targets], new bool[rows * _targets]);

    public override void Clear(object sums, int rows)
    {
        var (values, areScored) = (Sums)sums;
        Array.Clear(values, 0, rows * _targets);
        Array.Clear(areScored, 0, rows * _targets);
    }

    public override void Add(ReadOnlySpan<int> found, int start, object sums)
    {
        for (var row = 0; row < found.Length; row++)
        {
            Add(found[row], start + row, (Sums)sums);
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, object sums)
    {
        foreach (var leaf in found)
        {
            Add(leaf, 0, (Sums)sums);
        }
    }

    public override int Finish(int row, object sums, Span<float> scores)
    {
        var (values, areScored) = (Sums)sums;
        return _answer.Finish(values.AsSpan(row * _targets, _targets), areScored.AsSpan(row * _targets, _targets), scores);
    }

    private void Add(int leaf, int row, Sums sums)
    {
        var values = sums.Values.AsSpan(row * _targets, _targets);
        var areScored = sums.AreScored.AsSpan(row * _targets, _targets);
        foreach (var (target, weight) in _weights.AsSpan(_leaves[leaf].First, _leaves[leaf].Count))
        {
            values[target] = _aggregate switch
            {
                Aggregate.Minimum => !areScored[target] || weight < values[target] ? weight : values[target],
                Aggregate.Maximum => !areScored[target] || weight > values[target] ? weight : values[target],
                _ => values[target] + weight,
            };
            areScored[target] = true;
        }
    }

    private sealed record Sums(T[] Values, bool[] AreScored);
}
