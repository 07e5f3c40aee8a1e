using System.Numerics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Leaves with one weight per target.</summary>
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

    public override LeafSums CreateSums(int rows) => new LeafSums<T>(new T[rows * _targets], []);

    public override void Clear(LeafSums sums, int rows) => Array.Clear(((LeafSums<T>)sums).Values, 0, rows * _targets);

    public override void Add(ReadOnlySpan<int> found, int start, LeafSums sums)
    {
        var rows = ((LeafSums<T>)sums).Values.AsSpan(start * _targets);
        for (var row = 0; row < found.Length; row++)
        {
            Add(found[row], rows.Slice(row * _targets, _targets));
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, LeafSums sums)
    {
        var row = ((LeafSums<T>)sums).Values.AsSpan(0, _targets);
        foreach (var leaf in found)
        {
            Add(leaf, row);
        }
    }

    public override int Finish(int row, LeafSums sums, Span<float> scores) =>
        _answer.Finish(((LeafSums<T>)sums).Values.AsSpan(row * _targets, _targets), _areScored, scores);

    private void Add(int leaf, Span<T> row)
    {
        var weights = _weights.AsSpan(_first[leaf], row.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            row[i] += weights[i];
        }
    }
}
