using ModelApi.Inference.Scoring.Compiled.Columns;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>Joins consecutive tests for equality into one set, as ONNX Runtime does.</summary>
/// <remarks>
/// ONNX Runtime joins tests of one column for small whole numbers if their true branches look alike; of leaves it compares
/// the first weight only. The first test's branch then serves all of them, and the others' setting for missing values is ignored.
/// </remarks>
internal sealed class EqualityChains
{
    private readonly TreeNode[] _nodes;
    private readonly TreeEnsemble _ensemble;
    private readonly int _largest;

    private EqualityChains(TreeEnsemble ensemble)
    {
        _ensemble = ensemble;
        _nodes = (TreeNode[])ensemble.Nodes.Clone();
        _largest = ensemble.IsDouble ? 64 : 32;
    }

    /// <returns>The nodes, in which one node may be the child of several.</returns>
    public static TreeNode[] Join(TreeEnsemble ensemble)
    {
        if (!Array.Exists(ensemble.Nodes, node => !node.IsLeaf && node.Mode == BranchMode.Equal))
        {
            return ensemble.Nodes;
        }

        var chains = new EqualityChains(ensemble);
        var next = new Stack<int>(ensemble.Roots);
        while (next.TryPop(out var index))
        {
            var node = chains._nodes[index];
            if (!node.IsLeaf)
            {
                next.Push(node.WhenTrue);
                next.Push(node.MissingIsTrue || !chains.IsSmall(node) ? node.WhenFalse : chains.JoinFrom(node));
            }
        }

        return chains._nodes;
    }

    /// <returns>The first node after the set.</returns>
    private int JoinFrom(TreeNode head)
    {
        var rest = head.WhenFalse;
        while (_nodes[rest] is { IsLeaf: false } node
            && IsSmall(node)
            && node.Feature == head.Feature
            && LookAlike(head.WhenTrue, node.WhenTrue))
        {
            _nodes[rest] = node with { WhenTrue = head.WhenTrue, MissingIsTrue = false };
            rest = node.WhenFalse;
        }

        return rest;
    }

    private bool IsSmall(TreeNode node) =>
        node.Mode == BranchMode.Equal && node.Threshold >= 1 && node.Threshold <= _largest && node.Threshold == Math.Floor(node.Threshold);

    private bool LookAlike(int one, int other)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var (a, b) = (_nodes[one], _nodes[other]);
        if (a.IsLeaf != b.IsLeaf || a.Feature != b.Feature || a.Threshold != b.Threshold)
        {
            return false;
        }

        if (!a.IsLeaf)
        {
            return a.Mode == b.Mode && LookAlike(a.WhenFalse, b.WhenFalse) && LookAlike(a.WhenTrue, b.WhenTrue);
        }

        return a.Weights > 0 && b.Weights > 0
            ? _ensemble.Weights[a.FirstWeight].Weight == _ensemble.Weights[b.FirstWeight].Weight
            : throw new NotCompilableException("it has leaves without a weight after tests for equality");
    }
}
