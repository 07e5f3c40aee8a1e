using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace ModelApi.Identity;

/// <summary>Checks what a JSON Web Token must be before its signature is looked at (RFC 7515, 7519 and 8725).</summary>
/// <remarks>JwtBearer ignores critical header parameters, and fails on times that are no numbers.</remarks>
internal static class TokenShape
{
    /// <summary>The longest token, in characters.</summary>
    public const int LongestToken = 16 * 1024;

    // A token's claims may hold lists and objects, but nobody nests them further.
    private const int MaxDepth = 16;

    // 9999-12-31T23:59:59Z, the latest time of the platform.
    private const double LatestSecond = 253402300799;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static readonly string[] Times = ["exp", "nbf", "iat"];

    /// <returns>Why the token is refused, in a sentence that repeats nothing of it; null for a token that may be validated.</returns>
    public static string? Refuse(ReadOnlySpan<char> token)
    {
        if (token.Length > LongestToken)
        {
            return $"The token has more than {LongestToken} characters.";
        }

        try
        {
            var first = token.IndexOf('.');
            var last = token.LastIndexOf('.');
            using var header = TryParse(token[..first]);
            using var claims = TryParse(token[(first + 1)..last]);
            return header is null ? "The token's header is not a JSON object with distinct names."
                : claims is null ? "The token's claims are not a JSON object with distinct names."
                : RefuseHeader(header.RootElement) ?? RefuseClaims(claims.RootElement);
        }
        catch (InvalidOperationException)
        {
            // The parser throws it when it compares a name or text with an escape such as \ud800 alone.
            return "The token holds half of a surrogate pair, which is no text.";
        }
    }

    private static string? RefuseHeader(JsonElement header)
    {
        if (header.TryGetProperty("crit", out _))
        {
            return "The token has critical header parameters; this server understands none.";
        }

        // RFC 7797: a payload that is not Base64url. Without "crit" it would be ignored, and the payload taken for another.
        if (header.TryGetProperty("b64", out _))
        {
            return "The token's payload must be encoded; leave 'b64' out of its header.";
        }

        if (!header.TryGetProperty("alg", out var algorithm) || algorithm.ValueKind != JsonValueKind.String)
        {
            return "The token's header names no algorithm.";
        }

        return header.TryGetProperty("typ", out var type) && !IsAccessToken(type) ? "The token is of another type; send a JWT." : null;
    }

    private static string? RefuseClaims(JsonElement claims)
    {
        foreach (var name in Times)
        {
            if (claims.TryGetProperty(name, out var time)
                && !(time.ValueKind == JsonValueKind.Number && time.TryGetDouble(out var seconds) && seconds is >= 0 and <= LatestSecond))
            {
                return $"The token's '{name}' is not a number of seconds since 1970.";
            }
        }

        return null;
    }

    // RFC 7519 and 9068. Other types, such as logout tokens, have the same signature and mean something else.
    private static bool IsAccessToken(JsonElement type) =>
        type.ValueKind == JsonValueKind.String
        && type.GetString()!.ToUpperInvariant() is "JWT" or "AT+JWT" or "APPLICATION/JWT" or "APPLICATION/AT+JWT";

    private static JsonDocument? TryParse(ReadOnlySpan<char> encoded)
    {
        var json = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        if (Base64Url.DecodeFromChars(encoded, json, out _, out var length) != OperationStatus.Done)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(json.AsMemory(0, length), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
