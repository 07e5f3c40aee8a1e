namespace ModelApi.Inference.Batches;

/// <summary>Reads the numbers that most numbers are, short and whole ones, which need no parser.</summary>
internal static class WholeNumber
{
    // A double holds every number of so many digits.
    private const int MostDigits = 15;

    /// <param name="text">What may be a number.</param>
    /// <param name="value">The number, or 0.</param>
    /// <returns>Whether it is one of at most 15 digits, with nothing but a minus before them; other numbers are for a parser.</returns>
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

        // As a double, so that -0 stays what it is.
        value = digits.Length < text.Length ? -(double)whole : whole;
        return true;
    }
}
