namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Follows the branches of trees as ONNX Runtime does when it loads them, but without recursion.</summary>
/// <param name="whenTrue">By node, its child at the true branch; <see cref="Leaf"/> where that is a leaf.</param>
/// <param name="whenFalse">By node, its child at the false branch; <see cref="Leaf"/> where that is a leaf.</param>
/// <param name="maxDepth">The most branches from a root to a leaf.</param>
/// <param name="mayShareNodes">Whether several nodes may lead to the same one.</param>
internal sealed class TreeWalk(int[] whenTrue, int[] whenFalse, int maxDepth, bool mayShareNodes)
{
    /// <summary>Stands for a leaf among the children.</summary>
    public const int Leaf = -1;

    private const byte New = 0;
    private const byte TrueIsNext = 1;
    private const byte IsOpen = 2;
    private const byte IsDone = 3;

    private readonly byte[] _states = new byte[whenTrue.Length];
    private readonly int[] _path = new int[maxDepth];

    /// <summary>Follows all branches below a root.</summary>
    /// <exception cref="InvalidDataException">They form a circle, lead to a node that was reached before, or are too many.</exception>
    public void Follow(int root)
    {
        var depth = 0;
        Enter(root, ref depth);
        while (depth > 0)
        {
            var node = _path[depth - 1];
            switch (_states[node]++)
            {
                case New:
                    Enter(whenFalse[node], ref depth);
                    break;
                case TrueIsNext:
                    Enter(whenTrue[node], ref depth);
                    break;
                default:
                    depth--;
                    break;
            }
        }
    }

    private void Enter(int node, ref int depth)
    {
        if (node == Leaf || (mayShareNodes && _states[node] == IsDone))
        {
            return;
        }

        if (_states[node] is TrueIsNext or IsOpen)
        {
            throw new InvalidDataException($"its node {node} leads back to itself.");
        }

        if (_states[node] == IsDone)
        {
            throw new InvalidDataException($"its node {node} is reached twice.");
        }

        if (depth == maxDepth)
        {
            throw new InvalidDataException($"it has a tree of more than {maxDepth} levels.");
        }

        _path[depth++] = node;
    }
}
