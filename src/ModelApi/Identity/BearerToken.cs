using Microsoft.Extensions.Primitives;

namespace ModelApi.Identity;

/// <summary>Reads the Authorization header (RFC 6750, section 2.1).</summary>
internal static class BearerToken
{
    private const string Prefix = "Bearer ";

    /// <param name="header">The header.</param>
    /// <param name="token">Part of the header's text.</param>
    public static bool TryRead(StringValues header, out ReadOnlySpan<char> token)
    {
        token = header is [{ } only] && only.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? only.AsSpan(Prefix.Length).Trim()
            : default;
        return !token.IsEmpty && !token.Contains(' ');
    }

    /// <summary>Reads a token that has the form of a JSON Web Token.</summary>
    public static bool TryReadJwt(StringValues header, out ReadOnlySpan<char> token) => TryRead(header, out token) && IsJwt(token);

    /// <summary>Whether a token has the form of a JSON Web Token: three parts, the first of them the Base64url of <c>{"…</c>.</summary>
    public static bool IsJwt(ReadOnlySpan<char> token) =>
        token.StartsWith("ey", StringComparison.Ordinal) && token.Count('.') == 2;
}
