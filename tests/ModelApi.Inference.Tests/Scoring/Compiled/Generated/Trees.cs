using System.Globalization;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A node of a generated tree.</summary>
internal abstract record TreeNode
{
    public abstract int Depth { get; }

    public abstract int Count { get; }
}

/// <param name="Weights">What it adds to which class or target.</param>
/// <param name="Value">The leaf's threshold, which ONNX Runtime takes for the weight of a leaf without weights.</param>
internal sealed record TreeLeaf((int Target, double Weight)[] Weights, double Value) : TreeNode
{
    public override int Depth => 0;

    public override int Count => 1;

    public override string ToString() =>
        Weights.Length == 0
            ? $"[value {Value}]"
            : $"[{string.Join(' ', Weights.Select(weight => FormattableString.Invariant($"{weight.Target}:{weight.Weight:R}")))}]";
}

/// <param name="Column">The column to compare.</param>
/// <param name="Mode">LEQ, LT, GTE, GT, EQ, NEQ or MEMBER.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="Members">The set of MEMBER.</param>
/// <param name="MissingIsTrue">Whether NaN takes the true branch.</param>
/// <param name="True">The true branch.</param>
/// <param name="False">The false branch.</param>
internal sealed record TreeBranch(
    int Column, string Mode, double Threshold, double[] Members, bool MissingIsTrue, TreeNode True, TreeNode False) : TreeNode
{
    public override int Depth { get; } = 1 + Math.Max(True.Depth, False.Depth);

    public override int Count { get; } = 1 + True.Count + False.Count;

    public override string ToString()
    {
        if (Depth > 6)
        {
            return $"({Mode}, {Count} nodes)";
        }

        var operand = Mode == "MEMBER" ? string.Join(',', Members) : Threshold.ToString("R", CultureInfo.InvariantCulture);
        return FormattableString.Invariant($"(x{Column} {Mode} {operand}{(MissingIsTrue ? " or missing" : "")} ? {True} : {False})");
    }
}
