using System.Text;

namespace ModelApi.Inference.Batches;

/// <summary>Explains a value without quotes that is none of JSON's: mostly how another language writes it.</summary>
internal static class JsonLiteralFault
{
    private const int Longest = 16;

    /// <returns>One sentence, or null when the value resembles nothing known.</returns>
    public static string? Find(ReadOnlySpan<byte> literal)
    {
        var word = literal.Length <= Longest ? Encoding.UTF8.GetString(literal) : "";
        switch (word.TrimStart('-', '+').ToUpperInvariant())
        {
            case "NAN" or "INF" or "INFINITY":
                return "JSON has no NaN or Infinity; write null for a missing value.";
            case "TRUE" or "FALSE":
                return "true and false are written in lower case.";
            case "NULL" or "NONE" or "NIL" or "NA" or "N/A" or "UNDEFINED":
                return "A missing value is written as null, in lower case.";
        }

        var digits = literal.StartsWith((byte)'-') ? literal[1..] : literal;
        return literal[0] switch
        {
            (byte)'+' => "A number may not begin with '+'.",
            (byte)'.' => "A number needs a digit before its point, as in 0.5.",
            _ when digits is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..] => "A number may not begin with 0 before other digits.",
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => "The number is not valid JSON; numbers look like 41, -0.5 or 1e3.",
            _ => null,
        };
    }
}
