namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>How large the trees of a graph may be.</summary>
/// <param name="MaxDepth">Levels of branches from a root to a leaf.</param>
/// <param name="MaxTargets">Classes or targets.</param>
internal readonly record struct TreeLimits(int MaxDepth, int MaxTargets)
{
    /// <summary>Targets that a small ensemble may have without a weight for each.</summary>
    private const int FreeTargets = 1024;

    /// <summary>Checks the number of classes or targets, each of which takes memory for every row.</summary>
    /// <param name="targets">What the operator declares.</param>
    /// <param name="weights">The weights of all leaves.</param>
    /// <exception cref="InvalidDataException">There are none, or too many.</exception>
    public void CheckTargets(long targets, int weights)
    {
        if (targets <= 0)
        {
            throw new InvalidDataException($"it has {targets} classes or targets; at least one is needed.");
        }

        if (targets > MaxTargets)
        {
            throw new InvalidDataException($"it has {targets} classes or targets; at most {MaxTargets} are served.");
        }

        if (targets > Math.Max(FreeTargets, weights))
        {
            throw new InvalidDataException($"it has {targets} classes or targets, but only {weights} weights.");
        }
    }
}
