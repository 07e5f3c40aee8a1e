using System.Buffers;

namespace ModelApi.Errors;

/// <summary>The header <c>traceparent</c> (W3C Trace Context, section 3.2).</summary>
internal static class TraceParent
{
    // 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
    private const int Length = 55;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads a header by the letter of the recommendation.</summary>
    /// <returns>The id of version 00; of a later version, the part that has its form. Null for a header that is not valid.</returns>
    public static string? TryRead(string header)
    {
        if (header.Length < Length)
        {
            return null;
        }

        var known = header.AsSpan(0, Length);
        var version = known[..2];
        var isValid = IsHex(version) && version is not "ff"
            && known[2] == '-' && IsHex(known[3..35]) && known[3..35].ContainsAnyExcept('0')
            && known[35] == '-' && IsHex(known[36..52]) && known[36..52].ContainsAnyExcept('0')
            && known[52] == '-' && IsHex(known[53..]);

        // Only later versions may go on.
        return !isValid ? null
            : header.Length == Length ? header
            : version is not "00" && header[Length] == '-' ? known.ToString()
            : null;
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);
}
