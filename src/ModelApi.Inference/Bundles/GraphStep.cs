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
/// <param name="Rank">1 for a tensor <c>[N]</c>, 2 for <c>[N, features]</c>.</param>
public sealed record GraphStepInput(
    string Name, TensorElementType ElementType, IReadOnlyList<int> Features, GraphOutput? Earlier, int Rank);

/// <summary>An output of one of a bundle's graphs.</summary>
/// <param name="Step">Index of the graph in the order of the manifest.</param>
/// <param name="Output">Index of the output in the order of the graph.</param>
public readonly record struct GraphOutput(int Step, int Output);
