using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ModelApi.Fuzz.Generation;

/// <summary>JSON Web Tokens signed with a key that the server knows, valid and broken in every part.</summary>
internal sealed class Tokens(byte[] key, string issuer, string audience)
{
    private static readonly string[] ClaimValues =
    [
        "null", "true", "[]", "{}", "[1]", "\"\"", "\"x\"", "0", "-1", "1.5", "1e3", "1e400", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999", "253402300800", "-62135596801", "[9999999999]", "{\"a\":1}", "\"9999999999\"", "\"\\ud800\"",
        "9999999999.5",
    ];

    private static readonly string[] Claims =
        ["exp", "nbf", "iat", "iss", "aud", "sub", "name", "preferred_username", "jti", "unique_name"];

    private static readonly string[] Algorithms =
        ["none", "None", "HS384", "HS512", "RS256", "ES256", "PS256", "hs256", "", "HS256 ", "A128KW", "dir"];

    private static readonly string[] HeaderMembers =
    [
        "\"crit\":[\"exp\"]", "\"crit\":[]", "\"crit\":1", "\"b64\":false", "\"crit\":[\"b64\"],\"b64\":false", "\"kid\":\"x\"",
        "\"kid\":null",
        "\"kid\":[1]", "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}", "\"jku\":\"http://127.0.0.1:1/\"", "\"x5u\":\"file:///etc/passwd\"",
        "\"x5c\":[\"AAAA\"]", "\"cty\":\"JWT\"", "\"zip\":\"DEF\"", "\"alg\":\"none\"", "\"typ\":1", "\"enc\":\"A256GCM\"",
    ];

    /// <summary>A token that the server accepts.</summary>
    public string Valid() => Sign(Header(), Payload([]));

    public (string Kind, string Token) Next(Random random)
    {
        switch (random.Next(10))
        {
            case 0 or 1:
                var claim = random.Pick(Claims);
                return ($"claim {claim}", Sign(Header(), Payload(new() { [claim] = random.Pick(ClaimValues) })));
            case 2:
                return ("header member", Sign($"{{\"alg\":\"HS256\",\"typ\":\"JWT\",{random.Pick(HeaderMembers)}}}", Payload([])));
            case 3:
                return ("algorithm", Sign($"{{\"alg\":\"{random.Pick(Algorithms)}\"}}", Payload([])));
            case 4:
                var parts = Valid().Split('.');
                var part = random.Next(3);
                parts[part] = random.Pick(
                    ["", "e30", parts[part] + "=", parts[part][..^1], parts[part] + "!", "%00", parts[(part + 1) % 3]]);
                return ("part", string.Join('.', parts));
            case 5:
                return ("any header", Sign(JsonValues.Any(random), Payload([])));
            case 6:
                return ("any payload", Sign(Header(), JsonValues.Any(random)));
            case 7:
                return ("flipped character", Flip(random, Valid()));
            case 8:
                return ("dots", random.Pick(
                    ["ey..", "ey.ey.", "eyJ.eyJ.eyJ",
                        $"ey..{new string('a', random.Length(20_000))}", $"{Valid()}.{Valid()}", "ey.a.b.c.d"]));
            default:
                return ("duplicate claim", Sign(Header(), Payload([])[..^1] + $",\"{random.Pick(Claims)}\":{random.Pick(ClaimValues)}}}"));
        }
    }

    private static string Header() => """{"alg":"HS256","typ":"JWT"}""";

    private string Payload(Dictionary<string, string> changed)
    {
        var claims = new Dictionary<string, string>
        {
            ["iss"] = JsonValues.Quote(issuer),
            ["aud"] = JsonValues.Quote(audience),
            ["sub"] = "\"carla\"",
            ["nbf"] = "1000000000",
            ["exp"] = "4102444800",
        };
        foreach (var (name, value) in changed)
        {
            claims[name] = value;
        }

        return $"{{{string.Join(',', claims.Select(claim => $"\"{claim.Key}\":{claim.Value}"))}}}";
    }

    private string Sign(string header, string payload)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return $"{input}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Flip(Random random, string token)
    {
        var characters = token.ToCharArray();
        characters[random.Next(characters.Length)] = random.Pick("aZ0-_.=+/~".ToCharArray());
        return new string(characters);
    }
}
