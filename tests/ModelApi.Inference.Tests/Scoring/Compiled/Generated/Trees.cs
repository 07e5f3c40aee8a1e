using System.Globalization;

namespace ModelApi.Inference.Tests.Scoring.Compiled.Generated;

/// <summary>A node of a generated tree.</summary>
internal abstract record TreeNode
{
    public abstract int Depth { get; }

    public abstract int Count { get; }
}

/// <param name="Weights">What it adds to which class or target.</param>
/// <param name="Value">What a leaf says where a branch has its threshold: ONNX Runtime takes it for a weight when there is none.</param>
internal sealed record TreeLeaf((int Target, double Weight)[] Weights, double Value) : TreeNode
{
    public override int Depth => 0;

    public override int Count => 1;

    public override string ToString() =>
        $"[{string.Join(' ', Weights.Select(weight => $"{weight.Target}:{weight.Weight.ToString("R", CultureInfo.InvariantCulture)}"))}{(Weights.Length == 0 ? $"value {Value}" : "")}]";
}

/// <param name="Column">Which column it looks at.</param>
/// <param name="Mode">LEQ, LT, GTE, GT, EQ, NEQ or MEMBER.</param>
/// <param name="Threshold">What it compares the column with.</param>
/// <param name="Members">For MEMBER.</param>
/// <param name="MissingIsTrue">Whether NaN goes where true goes.</param>
/// <param name="True">Where a row goes that passes.</param>
/// <param name="False">Where the others go.</param>
internal sealed record TreeBranch(int Column, string Mode, double Threshold, double[] Members, bool MissingIsTrue, TreeNode True, TreeNode False) : TreeNode
{
    public override int Depth { get; } = 1 + Math.Max(True.Depth, False.Depth);

    public override int Count { get; } = 1 + True.Count + False.Count;

    public override string ToString() =>
        Depth > 6
            ? $"({Mode}, {Count} nodes)"
            : string.Create(CultureInfo.InvariantCulture, $"(x{Column} {Mode} {(Mode == "MEMBER" ? string.Join(',', Members) : Threshold.ToString("R", CultureInfo.InvariantCulture))}{(MissingIsTrue ? " or missing" : "")} ? {True} : {False})");
}
