using System.Security.Cryptography;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Identity;

/// <summary>Tokens with a valid signature whose header or claims are not what they should be.</summary>
public sealed class HostileTokenTests(HostileTokenTests.TokenHost api) : IClassFixture<HostileTokenTests.TokenHost>
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private static readonly long Expiry = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();

    private static readonly string Claims =
        $$"""{"iss":"{{Jwt.Issuer}}","aud":"{{Jwt.Audience}}","sub":"carla","exp":{{Expiry}}}""";

    public static TheoryData<string, string> Times()
    {
        var times = new TheoryData<string, string>();
        string[] values =
        [
            "[]", "[1]", "{}", """{"a":1}""", "\"soon\"", "\"9999999999\"", "true", "null", "-1", "-9223372036854775808",
            "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e400", "-1e400", "253402300800", "1e15",
        ];
        foreach (var name in new[] { "exp", "nbf", "iat" })
        {
            foreach (var value in values)
            {
                times.Add(name, value);
            }
        }

        return times;
    }

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_time_that_is_no_number_of_seconds_is_401(string name, string value)
    {
        var claims = name == "exp" ? Claims[..Claims.LastIndexOf(':')] + $":{value}}}" : $"{Claims[..^1]},\"{name}\":{value}}}";

        await AssertRefusedAsync(Jwt.Hs256(Secret, Header, claims), $"The token's '{name}' is not a number of seconds since 1970.");
    }

    [Theory]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""", "The token has critical header parameters")]
    [InlineData("""{"alg":"HS256","crit":[]}""", "The token has critical header parameters")]
    [InlineData("""{"alg":"HS256","b64":false,"crit":["b64"]}""", "The token has critical header parameters")]
    [InlineData("""{"alg":"HS256","b64":false}""", "The token's payload must be encoded")]
    [InlineData("""{"alg":"HS256","typ":"logout+jwt"}""", "The token is of another type")]
    [InlineData("""{"alg":"HS256","typ":7}""", "The token is of another type")]
    [InlineData("""{"alg":["HS256"]}""", "The token's header names no algorithm")]
    [InlineData("""{"typ":"JWT"}""", "The token's header names no algorithm")]
    [InlineData("""{"alg":"none"}""", "")]
    [InlineData("""{"alg":"HS1"}""", "")]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""", "The token's header is not a JSON object with distinct names")]
    [InlineData("""{"alg":"HS256"}x""", "The token's header is not a JSON object with distinct names")]
    public async Task A_header_that_is_not_understood_is_401(string header, string reason)
    {
        await AssertRefusedAsync(Jwt.Hs256(Secret, header, Claims), reason);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"exp":9999999999,"exp":9999999998}""")]
    public async Task Claims_that_are_no_object_of_distinct_names_are_401(string claims)
    {
        await AssertRefusedAsync(Jwt.Hs256(Secret, Header, claims), "The token's claims are not a JSON object with distinct names.");
    }

    [Fact]
    public async Task A_deeply_nested_claim_is_401()
    {
        var nested = $"{Claims[..^1]},\"x\":{new string('[', 1000)}{new string(']', 1000)}}}";

        await AssertRefusedAsync(Jwt.Hs256(Secret, Header, nested), "The token's claims are not a JSON object with distinct names.");
    }

    [Fact]
    public async Task A_token_has_a_longest_length()
    {
        var large = $"{Claims[..^1]},\"x\":\"{new string('x', 13_000)}\"}}";

        await AssertRefusedAsync(Jwt.Hs256(Secret, Header, large), "The token has more than 16384 characters.");
    }

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"HS256","typ":"jwt"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+JWT"}""")]
    [InlineData("""{"typ":"application/at+jwt","alg":"HS256","kid":"1","cty":"x"}""")]
    public async Task A_header_that_is_understood_is_accepted(string header)
    {
        var response = await api.ClientWith(Jwt.Hs256(Secret, header, Claims)).PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal("carla", (await response.ReadJsonAsync()).GetProperty("username").GetString());
    }

    [Theory]
    [InlineData("\"sub\":\"carla\"", "\"sub\":[\"a\",\"b\"]")]
    [InlineData("\"sub\":\"carla\"", "\"sub\":{\"a\":1}")]
    [InlineData("\"sub\":\"carla\"", "\"sub\":null")]
    [InlineData("\"sub\":\"carla\"", "\"sub\":\"\\ud800\"")]
    [InlineData("\"aud\"", "\"aud\":{\"a\":[1]},\"other\"")]
    [InlineData("\"iss\"", "\"iss\":[7],\"other\"")]
    public async Task Claims_of_an_odd_type_are_no_fault_of_the_server(string claim, string odd)
    {
        var token = Jwt.Hs256(Secret, Header, Claims.Replace(claim, odd, StringComparison.Ordinal));

        var response = await api.ClientWith(token).PredictAsync(Requests.Row().ToJsonString());

        Assert.True((int)response.StatusCode is 200 or 401, $"{(int)response.StatusCode}");
    }

    [Theory]
    [InlineData("""{"alg":"HS256","x":"\ud800"}""")]
    [InlineData("""{"alg":"HS256","\ud800":1}""")]
    [InlineData("""{"alg":"HS256","kid":{"a":1}}""")]
    [InlineData("""{"alg":"HS256","kid":"\ud800"}""")]
    [InlineData("""{"alg":"HS256","typ":"\ud800"}""")]
    [InlineData("""{"alg":"\ud800"}""")]
    [InlineData("""{"alg":"HS256","jku":"http://127.0.0.1:9","x5u":7,"jwk":[]}""")]
    public async Task A_header_of_odd_members_is_no_fault_of_the_server(string header)
    {
        var response = await api.ClientWith(Jwt.Hs256(Secret, header, Claims)).PredictAsync(Requests.Row().ToJsonString());

        Assert.True((int)response.StatusCode is 200 or 401, $"{(int)response.StatusCode}");
    }

    private async Task AssertRefusedAsync(string token, string reason)
    {
        var response = await api.ClientWith(token).PredictAsync(Requests.Row().ToJsonString());
        var problem = await response.ReadProblemAsync(401, "unauthorized");
        Assert.StartsWith(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    public sealed class TokenHost() : ModelApiHost(
        ("Authentication:Schemes:Bearer:ValidIssuer", Jwt.Issuer),
        ("Authentication:Schemes:Bearer:ValidAudiences:0", Jwt.Audience),
        ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", Jwt.Issuer),
        ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(Secret)));
}
