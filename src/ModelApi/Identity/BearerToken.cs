using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace ModelApi.Identity;

/// <summary>Reads the Authorization header (RFC 6750, section 2.1).</summary>
internal static class BearerToken
{
    private const string Prefix = "Bearer ";

    public static bool TryRead(StringValues header, [NotNullWhen(true)] out string? token)
    {
        token = header is [{ } only] && only.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? only[Prefix.Length..].Trim() : null;
        if (token is { Length: > 0 } && !token.Contains(' ', StringComparison.Ordinal))
        {
            return true;
        }

        token = null;
        return false;
    }

    /// <summary>Whether a token has the form of a JSON Web Token: three parts, the first of them the Base64url of <c>{"…</c>.</summary>
    public static bool IsJwt(string token) =>
        token.StartsWith("ey", StringComparison.Ordinal) && token.AsSpan().Count('.') == 2;
}
