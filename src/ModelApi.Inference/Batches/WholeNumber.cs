namespace ModelApi.Inference.Batches;

/// <summary>Reads short whole numbers, the most frequent ones, without a parser.</summary>
internal static class WholeNumber
{
    // A double holds every number with that many digits.
    private const int MostDigits = 15;

    /// <param name="text">The text, which may be no number.</param>
    /// <param name="value">The number, or 0.</param>
    /// <returns>True for at most 15 digits with an optional minus; a parser reads other numbers.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var digits = text is [(byte)'-', ..] ? text[1..] : text;
        if (digits.Length is 0 or > MostDigits)
        {
            return false;
        }

        long whole = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            whole = (whole * 10) + (digit - '0');
        }

        // As a double, which keeps -0.
        value = digits.Length < text.Length ? -(double)whole : whole;
        return true;
    }
}
