namespace ModelApi.Inference.Scoring.Compiled.Trees;

/// <summary>The numbers that a node sends the way of true: an interval, or all others.</summary>
/// <param name="Above">The interval begins above this; NaN when it has no lower end.</param>
/// <param name="UpTo">The interval's last number; NaN when it is empty.</param>
/// <param name="IsInverted">Whether the numbers outside go the way of true.</param>
/// <param name="MissingIsTrue">Whether NaN goes the way of true.</param>
internal readonly record struct Split(double Above, double UpTo, bool IsInverted, bool MissingIsTrue)
{
    public bool IsEmpty => double.IsNaN(UpTo);

    /// <summary>Reads a node's comparison.</summary>
    /// <param name="node">A branch.</param>
    /// <param name="isDouble">Whether the numbers are 64-bit floats; they are 32-bit floats otherwise.</param>
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

            // Nothing is at least or above NaN; all else is at least what it is not below.
            BranchMode.GreaterOrEqual => (double.NaN, below, !double.IsNaN(threshold)),
            BranchMode.Greater => (double.NaN, threshold, !double.IsNaN(threshold)),
            BranchMode.Equal => (below, threshold, false),
            _ => (below, threshold, true),
        };
        return new Split(above, upTo, isInverted, node.MissingIsTrue || node.Mode == BranchMode.NotEqual);
    }

    /// <summary>The numbers that become a whole number when their fraction is cut off.</summary>
    public static Split OfWhole(double whole, bool missingIsTrue) => new(
        whole > 0 ? Math.BitDecrement(whole) : whole - 1,
        whole >= 0 ? Math.BitDecrement(whole + 1) : whole,
        false,
        missingIsTrue);

    /// <summary>Whether one number goes the way of true.</summary>
    public bool Holds(double value) =>
        double.IsNaN(value) ? MissingIsTrue : (!(value <= Above) && value <= UpTo) != IsInverted;
}
