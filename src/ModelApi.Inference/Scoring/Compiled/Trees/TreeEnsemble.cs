using ModelApi.Inference.Scoring.Compiled.Transforms;

namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>How a node compares its feature with its threshold.</summary>
internal enum BranchMode
{
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    Equal,
    NotEqual,

    /// <summary>Equal after truncation.</summary>
    EqualWhole,
}

/// <summary>How the answers of the trees are combined.</summary>
internal enum Aggregate
{
    Average,
    Sum,
    Minimum,
    Maximum,
}

/// <summary>One node of a tree as an ONNX graph describes it.</summary>
/// <param name="IsLeaf">Whether the node is a leaf.</param>
/// <param name="Mode">Branch: the comparison.</param>
/// <param name="Feature">Branch: the column to compare.</param>
/// <param name="Threshold">Branch: the threshold. Leaf: the weight of a leaf without weights.</param>
/// <param name="MissingIsTrue">Branch: whether NaN takes the true branch.</param>
/// <param name="WhenTrue">Branch: the index of the node at the true branch.</param>
/// <param name="WhenFalse">Branch: the index of the node at the false branch.</param>
/// <param name="FirstWeight">Leaf: the index of its first weight.</param>
/// <param name="Weights">Leaf: the number of its weights.</param>
internal readonly record struct TreeNode(
    bool IsLeaf,
    BranchMode Mode,
    int Feature,
    double Threshold,
    bool MissingIsTrue,
    int WhenTrue,
    int WhenFalse,
    int FirstWeight,
    int Weights);

/// <summary>The weight of a leaf for one target.</summary>
internal readonly record struct LeafWeight(int Target, double Weight);

/// <summary>A tree ensemble as an ONNX graph describes it, independent of the operator.</summary>
internal sealed record TreeEnsemble
{
    /// <summary>All nodes of all trees.</summary>
    public required TreeNode[] Nodes { get; init; }

    /// <summary>The weights of all leaves.</summary>
    public required LeafWeight[] Weights { get; init; }

    /// <summary>The root of each tree, in the order of summation.</summary>
    public required int[] Roots { get; init; }

    /// <summary>The number of sums per row: classes or targets.</summary>
    public required int Targets { get; init; }

    /// <summary>Whether thresholds, weights and sums are 64-bit floats.</summary>
    public required bool IsDouble { get; init; }

    public required Aggregate Aggregate { get; init; }

    public required PostTransform Transform { get; init; }

    public double[] BaseValues { get; init; } = [];

    /// <summary>Whether the ensemble is a classifier.</summary>
    public bool IsClassifier { get; init; }

    /// <summary>Classifier: whether all weights are for one of two classes.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Classifier: whether no weight is negative.</summary>
    public bool HasNoNegativeWeight { get; init; }

    /// <summary>A leaf's only weight: the first one, or the threshold of a leaf without weights, as ONNX Runtime has it.</summary>
    public double FirstWeightOf(in TreeNode leaf) => leaf.Weights > 0 ? Weights[leaf.FirstWeight].Weight : leaf.Threshold;
}
