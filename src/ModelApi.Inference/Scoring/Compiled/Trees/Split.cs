namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>The numbers for which a node takes its true branch: an interval, or all others.</summary>
/// <param name="Above">The interval begins above this number; NaN for no lower end.</param>
/// <param name="UpTo">The interval's last number; NaN for an empty interval.</param>
/// <param name="IsInverted">Whether the true branch is for the numbers outside.</param>
/// <param name="MissingIsTrue">Whether the true branch is for NaN.</param>
internal readonly record struct Split(double Above, double UpTo, bool IsInverted, bool MissingIsTrue)
{
    public bool IsEmpty => double.IsNaN(UpTo);

    /// <summary>Reads a node's comparison.</summary>
    /// <param name="node">A branch.</param>
    /// <param name="isDouble">Whether the numbers are 64-bit floats, not 32-bit ones.</param>
    public static Split Of(in TreeNode node, bool isDouble)
    {
        var threshold = node.Threshold;
        if (node.Mode == BranchMode.EqualWhole)
        {
            return OfWhole(threshold, node.MissingIsTrue);
        }

        var below = Ordinals.Previous(threshold, isDouble);
        var (above, upTo, isInverted) = node.Mode switch
        {
            BranchMode.LessOrEqual => (double.NaN, threshold, false),
            BranchMode.Less => (double.NaN, below, false),

            // The complement of "less"; comparisons with NaN are false either way.
            BranchMode.GreaterOrEqual => (double.NaN, below, !double.IsNaN(threshold)),
            BranchMode.Greater => (double.NaN, threshold, !double.IsNaN(threshold)),
            BranchMode.Equal => (below, threshold, false),
            _ => (below, threshold, true),
        };
        return new Split(above, upTo, isInverted, node.MissingIsTrue || node.Mode == BranchMode.NotEqual);
    }

    /// <summary>The numbers that truncate to a whole number.</summary>
    public static Split OfWhole(double whole, bool missingIsTrue) => new(
        whole > 0 ? Math.BitDecrement(whole) : whole - 1,
        whole >= 0 ? Math.BitDecrement(whole + 1) : whole,
        false,
        missingIsTrue);

    /// <summary>Whether a number takes the true branch.</summary>
    public bool Holds(double value) =>
        double.IsNaN(value) ? MissingIsTrue : (!(value <= Above) && value <= UpTo) != IsInverted;
}
