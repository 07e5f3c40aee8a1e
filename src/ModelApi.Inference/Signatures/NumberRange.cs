namespace ModelApi.Inference.Signatures;

/// <summary>The numbers that a type of number holds.</summary>
/// <param name="Lowest">The lowest finite number.</param>
/// <param name="Highest">The highest finite number.</param>
/// <param name="IsWhole">Whether it holds whole numbers only.</param>
/// <param name="Text">The range in words, such as "from 0 to 255, which is all that an 8-bit number without sign holds".</param>
public sealed record NumberRange(double Lowest, double Highest, bool IsWhole, string Text)
{
    /// <summary>A 32-bit float.</summary>
    public static NumberRange Float { get; } = new(-float.MaxValue, float.MaxValue, false, "within ±3.4e38, the range of a 32-bit float");

    /// <summary>Whether it holds a number; NaN and infinities are in no range.</summary>
    public bool Holds(double value) => value >= Lowest && value <= Highest && (!IsWhole || value == Math.Floor(value));

    /// <summary>The numbers that both hold.</summary>
    public NumberRange And(NumberRange other) =>
        other.Lowest > Lowest || other.Highest < Highest || (other.IsWhole && !IsWhole) ? other : this;
}
