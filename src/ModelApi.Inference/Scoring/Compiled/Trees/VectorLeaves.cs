using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Leaves with one 32-bit weight for each of up to sixteen targets, padded to whole vectors.</summary>
/// <remarks>The sums of a row stay in one or two registers, so that no addition waits for memory that the last one wrote.</remarks>
internal sealed class VectorLeaves : ForestLeaves
{
    public const int MostTargets = 16;

    private readonly float[] _weights;
    private readonly int[] _first;
    private readonly TreeAnswer<float> _answer;
    private readonly int _targets;
    private readonly int _width;
    private readonly bool[] _areScored;

    public VectorLeaves(TreeEnsemble ensemble, int[] leaves, TreeAnswer<float> answer)
    {
        _answer = answer;
        _targets = ensemble.Targets;
        _width = _targets <= Vector256<float>.Count ? Vector256<float>.Count : MostTargets;
        _areScored = [.. Enumerable.Repeat(true, _targets)];
        _weights = new float[checked(ensemble.Weights.Length / _targets * _width)];
        for (var i = 0; i < ensemble.Weights.Length; i++)
        {
            _weights[(i / _targets * _width) + (i % _targets)] = float.CreateSaturating(ensemble.Weights[i].Weight);
        }

        _first = Array.ConvertAll(leaves, leaf => leaf < 0 ? 0 : ensemble.Nodes[leaf].FirstWeight / _targets * _width);
    }

    public override LeafSums CreateSums(int rows) => new LeafSums<float>(new float[rows * _width], []);

    public override void Clear(LeafSums sums, int rows) => Array.Clear(((LeafSums<float>)sums).Values, 0, rows * _width);

    public override void Add(ReadOnlySpan<int> found, int start, LeafSums sums)
    {
        var rows = ((LeafSums<float>)sums).Values.AsSpan(start * _width, found.Length * _width);
        for (var row = 0; row < found.Length; row++)
        {
            Add(found.Slice(row, 1), rows.Slice(row * _width, _width));
        }
    }

    public override void AddRow(ReadOnlySpan<int> found, LeafSums sums) => Add(found, ((LeafSums<float>)sums).Values.AsSpan(0, _width));

    public override int Finish(int row, LeafSums sums, Span<float> scores) =>
        _answer.Finish(((LeafSums<float>)sums).Values.AsSpan(row * _width, _targets), _areScored, scores);

    // A place in the weights is that of a whole number of vectors, which lie within the array.
    private void Add(ReadOnlySpan<int> found, Span<float> row)
    {
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        var low = Vector256.Create((ReadOnlySpan<float>)row);
        if (_width == Vector256<float>.Count)
        {
            foreach (var leaf in found)
            {
                low += Vector256.LoadUnsafe(ref weights, (nuint)_first[leaf]);
            }

            low.CopyTo(row);
            return;
        }

        var high = Vector256.Create((ReadOnlySpan<float>)row[Vector256<float>.Count..]);
        foreach (var leaf in found)
        {
            var first = (nuint)_first[leaf];
            low += Vector256.LoadUnsafe(ref weights, first);
            high += Vector256.LoadUnsafe(ref weights, first + (nuint)Vector256<float>.Count);
        }

        low.CopyTo(row);
        high.CopyTo(row[Vector256<float>.Count..]);
    }
}
