using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Leaves with one weight each.</summary>
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

        // ONNX Runtime takes a leaf's first weight, or its threshold when it has none.
        _weights = Array.ConvertAll(leaves, leaf => leaf < 0 ? T.Zero : T.CreateSaturating(ensemble.FirstWeightOf(ensemble.Nodes[leaf])));
    }

    /// <summary>The weight of a leaf.</summary>
    /// <param name="node">The index of its node.</param>
    public T WeightOf(int node) => _weights[node];

    public override LeafSums CreateSums(int rows) => new LeafSums<T>(new T[rows], []);

    public override void Clear(LeafSums sums, int rows)
    {
        var values = ((LeafSums<T>)sums).Values;
        if (rows == 1)
        {
            values[0] = T.Zero;
            return;
        }

        Array.Clear(values, 0, rows);
    }

    public override void Add(ReadOnlySpan<int> found, int start, LeafSums sums)
    {
        var weights = _weights;
        var rows = ((LeafSums<T>)sums).Values.AsSpan(start, found.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] += weights[found[row]];
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, LeafSums sums)
    {
        // No bounds checks: the indices are those of the forest's own nodes.
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref var total = ref ((LeafSums<T>)sums).Values[0];
        var sum = total;
        foreach (var leaf in found)
        {
            sum += Unsafe.Add(ref weights, leaf);
        }

        total = sum;
    }

    public override int Finish(int row, LeafSums sums, Span<float> scores)
    {
        var sum = ((LeafSums<T>)sums).Values[row];
        if (_targets == 1)
        {
            scores[0] = _answer.Regress(sum);
            return 0;
        }

        Span<T> values = [T.Zero, T.Zero];
        Span<bool> areScored = [false, false];
        values[_target] = sum;
        areScored[_target] = true;
        return _answer.Finish(values, areScored, scores);
    }
}
