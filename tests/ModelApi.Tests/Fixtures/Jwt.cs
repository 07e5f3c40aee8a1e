using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ModelApi.Tests.Fixtures;

/// <summary>Makes JSON Web Tokens by RFC 7515 and 7519 with the platform's cryptography alone, without the library under test.</summary>
internal static class Jwt
{
    public const string Issuer = "https://issuer.test";
    public const string Audience = "modelapi";

    public static Dictionary<string, object> Claims(int expiresInSeconds = 600, int notBeforeInSeconds = -600) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["sub"] = "carla",
        ["nbf"] = DateTimeOffset.UtcNow.AddSeconds(notBeforeInSeconds).ToUnixTimeSeconds(),
        ["exp"] = DateTimeOffset.UtcNow.AddSeconds(expiresInSeconds).ToUnixTimeSeconds(),
    };

    public static string Rs256(RSA key, Dictionary<string, object> claims, string? keyId = null) =>
        Sign("RS256", claims, input => key.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), keyId);

    public static string Es256(ECDsa key, Dictionary<string, object> claims) =>
        Sign("ES256", claims, input => key.SignData(input, HashAlgorithmName.SHA256));

    public static string Hs256(byte[] key, Dictionary<string, object> claims) =>
        Sign("HS256", claims, input => HMACSHA256.HashData(key, input));

    /// <summary>A token of any header and payload, as they are, with a valid signature.</summary>
    public static string Hs256(byte[] key, string header, string payload)
    {
        var input = $"{WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(header))}."
            + WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(payload));
        return $"{input}.{WebEncoders.Base64UrlEncode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(input)))}";
    }

    public static string None(Dictionary<string, object> claims, string algorithm = "none") => Sign(algorithm, claims, _ => []);

    private static string Sign(string algorithm, Dictionary<string, object> claims, Func<byte[], byte[]> sign, string? keyId = null)
    {
        var header = new Dictionary<string, object> { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (keyId is not null)
        {
            header["kid"] = keyId;
        }

        var input = $"{Encode(header)}.{Encode(claims)}";
        return $"{input}.{WebEncoders.Base64UrlEncode(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Encode(object value) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(value));
}
