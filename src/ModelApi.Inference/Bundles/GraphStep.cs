using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelApi.Inference.Bundles;

/// <summary>One graph of a bundle with the sources of its inputs.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Inputs">Its inputs, in the order of the graph.</param>
public sealed record GraphStep(GraphFile Graph, IReadOnlyList<GraphStepInput> Inputs);

/// <summary>The source of one graph input: features, or an output of an earlier graph.</summary>
/// <param name="Name">The graph input.</param>
/// <param name="ElementType">The type of its elements.</param>
/// <param name="Features">Indices of the features that are its columns; empty when <paramref name="Earlier"/> is set.</param>
/// <param name="Earlier">An output of an earlier graph, or null.</param>
/// <param name="Rank">1 for a tensor <c>[N]</c>, 2 for <c>[N, features]</c>, more for a tensor feature.</param>
public sealed record GraphStepInput(
    string Name, TensorElementType ElementType, IReadOnlyList<int> Features, GraphOutput? Earlier, int Rank)
{
    /// <summary>The shape of the tensor feature that feeds it, <c>[N, …Shape]</c>; null where single values do.</summary>
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>Whether the graph takes exactly one row at a time.</summary>
    public bool TakesOneRow { get; init; }
}

/// <summary>An output of one of a bundle's graphs.</summary>
/// <param name="Step">Index of the graph in the order of the manifest.</param>
/// <param name="Output">Index of the output in the order of the graph.</param>
public readonly record struct GraphOutput(int Step, int Output);
