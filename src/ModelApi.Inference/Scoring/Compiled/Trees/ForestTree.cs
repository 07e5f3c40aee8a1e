namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>One tree of a forest.</summary>
/// <param name="First">The index of its root among all nodes.</param>
/// <param name="Nodes">The number of its nodes.</param>
/// <param name="Depth">The number of steps from the root to the farthest leaf.</param>
internal readonly record struct ForestTree(int First, int Nodes, int Depth);
