using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ModelApi.Fuzz.Targets;

/// <summary>Judges tokens by RFC 7515 and 7519 with the platform's cryptography alone.</summary>
internal sealed class TokenJudge(byte[] key, string issuer, string audience)
{
    private const int Skew = 60;

    /// <summary>Whether a server may accept a token. Of names that occur twice, any value may count.</summary>
    public bool MayAccept(string token)
    {
        var parts = token.Split('.');
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var signature = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            return parts.Length == 3
                && CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(parts[2]), signature)
                && Values(header, "alg").Any(alg => alg.ValueEquals("HS256"))
                && !Values(header, "crit").Any()
                && Values(header, "b64").All(b64 => b64.ValueKind == JsonValueKind.True)
                && Values(payload, "iss").Any(name => name.ValueEquals(issuer))
                && Values(payload, "aud").Any(Names)
                && Values(payload, "exp").Any(exp => exp.ValueKind == JsonValueKind.Number && exp.GetDouble() > now - Skew)
                && Values(payload, "nbf").Select(IsPast).DefaultIfEmpty(true).Any(isPast => isPast);

            bool IsPast(JsonElement nbf) => nbf.ValueKind == JsonValueKind.Number && nbf.GetDouble() < now + Skew;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool Names(JsonElement aud) =>
        aud.ValueKind == JsonValueKind.Array ? aud.EnumerateArray().Any(Names) : aud.ValueEquals(audience);

    private static IEnumerable<JsonElement> Values(JsonDocument document, string name) =>
        document.RootElement.EnumerateObject().Where(member => member.NameEquals(name)).Select(member => member.Value);
}
