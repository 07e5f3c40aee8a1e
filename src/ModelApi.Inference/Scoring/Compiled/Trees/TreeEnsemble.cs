using ModelApi.Inference.Scoring.Compiled.Plans;

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

    /// <summary>Equal once the fraction is cut off.</summary>
    EqualWhole,
}

/// <summary>How the answers of the trees become one.</summary>
internal enum Aggregate
{
    Average,
    Sum,
    Minimum,
    Maximum,
}

/// <summary>One node of a tree as an ONNX graph describes it.</summary>
/// <param name="IsLeaf">Whether it ends its tree.</param>
/// <param name="Mode">Branch: how it compares.</param>
/// <param name="Feature">Branch: the column that it looks at.</param>
/// <param name="Threshold">Branch: what it compares with. Leaf: what it holds if nothing else says so.</param>
/// <param name="MissingIsTrue">Branch: whether NaN goes the way of true.</param>
/// <param name="WhenTrue">Branch: the next node, an index.</param>
/// <param name="WhenFalse">Branch: the next node, an index.</param>
/// <param name="FirstWeight">Leaf: the first of its weights, an index.</param>
/// <param name="Weights">Leaf: how many it has.</param>
internal readonly record struct TreeNode(
    bool IsLeaf, BranchMode Mode, int Feature, double Threshold, bool MissingIsTrue, int WhenTrue, int WhenFalse, int FirstWeight, int Weights);

/// <summary>What a leaf adds to one target.</summary>
internal readonly record struct LeafWeight(int Target, double Weight);

/// <summary>A tree ensemble as an ONNX graph describes it, whichever operator it was written with.</summary>
internal sealed record TreeEnsemble
{
    /// <summary>All nodes of all trees.</summary>
    public required TreeNode[] Nodes { get; init; }

    /// <summary>The weights of all leaves.</summary>
    public required LeafWeight[] Weights { get; init; }

    /// <summary>The first node of each tree, in the order in which they are added up.</summary>
    public required int[] Roots { get; init; }

    /// <summary>Sums per row: classes or targets.</summary>
    public required int Targets { get; init; }

    /// <summary>Whether thresholds, weights and sums are 64-bit floats.</summary>
    public required bool IsDouble { get; init; }

    public required Aggregate Aggregate { get; init; }

    public required PostTransform Transform { get; init; }

    public double[] BaseValues { get; init; } = [];

    /// <summary>Whether it is a classifier, which has rules of its own.</summary>
    public bool IsClassifier { get; init; }

    /// <summary>Classifier: whether all weights are of one class out of two.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Classifier: whether no weight is negative.</summary>
    public bool HasNoNegativeWeight { get; init; }
}
