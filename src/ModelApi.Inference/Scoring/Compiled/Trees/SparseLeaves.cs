using System.Numerics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Leaves with any number of weights, under any aggregate.</summary>
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
                weights.Add((0, T.CreateSaturating(ensemble.FirstWeightOf(node))));
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

    public override LeafSums CreateSums(int rows) => new LeafSums<T>(new T[rows * _targets], new bool[rows * _targets]);

    public override void Clear(LeafSums sums, int rows)
    {
        var (values, areScored) = (LeafSums<T>)sums;
        Array.Clear(values, 0, rows * _targets);
        Array.Clear(areScored, 0, rows * _targets);
    }

    public override void Add(ReadOnlySpan<int> found, int start, LeafSums sums)
    {
        for (var row = 0; row < found.Length; row++)
        {
            Add(found[row], start + row, (LeafSums<T>)sums);
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, LeafSums sums)
    {
        foreach (var leaf in found)
        {
            Add(leaf, 0, (LeafSums<T>)sums);
        }
    }

    public override int Finish(int row, LeafSums sums, Span<float> scores)
    {
        var (values, areScored) = (LeafSums<T>)sums;
        return _answer.Finish(values.AsSpan(row * _targets, _targets), areScored.AsSpan(row * _targets, _targets), scores);
    }

    private void Add(int leaf, int row, LeafSums<T> sums)
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
}
