using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Identity;

public sealed class JwtTests : IDisposable
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private readonly ModelApiHost _api = ModelApiHost.With(
        ("Authentication:Schemes:Bearer:ValidIssuer", Jwt.Issuer),
        ("Authentication:Schemes:Bearer:ValidAudiences:0", Jwt.Audience),
        ("Authentication:Schemes:Bearer:PublicKeys:0", Rsa.ExportSubjectPublicKeyInfoPem()),
        ("Authentication:Schemes:Bearer:PublicKeys:1", Curve.ExportSubjectPublicKeyInfoPem()),
        ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", Jwt.Issuer),
        ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(Secret)));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_token_signed_with_a_configured_key_is_accepted_as_its_subject()
    {
        foreach (var token in new[] { Jwt.Rs256(Rsa, Jwt.Claims()), Jwt.Es256(Curve, Jwt.Claims()), Jwt.Hs256(Secret, Jwt.Claims()) })
        {
            var response = await _api.ClientWith(token).PredictAsync(Requests.Row().ToJsonString());

            Assert.Equal("carla", (await response.ReadJsonAsync()).GetProperty("username").GetString());
        }
    }

    [Fact]
    public async Task The_settings_that_dotnet_user_jwts_writes_are_understood()
    {
        // As "dotnet user-jwts create" wrote them to secrets.json and appsettings.Development.json.
        using var api = ModelApiHost.With(
            ("Authentication:Schemes:Bearer:ValidAudiences:0", "http://localhost:8900"),
            ("Authentication:Schemes:Bearer:ValidIssuer", "dotnet-user-jwts"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Id", "2d2e5b4a"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", "dotnet-user-jwts"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(Secret)),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Length", "32"));
        var claims = Jwt.Claims();
        claims["iss"] = "dotnet-user-jwts";
        claims["aud"] = "http://localhost:8900";

        var response = await api.ClientWith(Jwt.Hs256(Secret, claims)).PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal("carla", (await response.ReadJsonAsync()).GetProperty("username").GetString());
    }

    [Theory]
    [InlineData("ValidateIssuer", "iss")]
    [InlineData("ValidateAudience", "aud")]
    public async Task No_setting_turns_the_check_of_issuer_or_audience_off(string setting, string claim)
    {
        using var api = ModelApiHost.With(
            ($"Authentication:Schemes:Bearer:{setting}", "false"),
            ("Authentication:Schemes:Bearer:ValidIssuer", Jwt.Issuer),
            ("Authentication:Schemes:Bearer:ValidAudience", Jwt.Audience),
            ("Authentication:Schemes:Bearer:PublicKeys:0", Rsa.ExportSubjectPublicKeyInfoPem()));
        var claims = Jwt.Claims();
        claims[claim] = "https://other.test";

        var response = await api.ClientWith(Jwt.Rs256(Rsa, claims)).PredictAsync(Requests.Row().ToJsonString());

        await response.ReadProblemAsync(401, "unauthorized");
    }

    [Fact]
    public void No_key_of_data_protection_is_written_to_disk()
    {
        Assert.IsType<EphemeralDataProtectionProvider>(_api.Services.GetRequiredService<IDataProtectionProvider>());
        Assert.Null(_api.Services.GetService<IKeyManager>());
    }

    [Fact]
    public async Task An_API_key_works_beside_tokens()
    {
        var response = await _api.Client().PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal("pedro1", (await response.ReadJsonAsync()).GetProperty("username").GetString());
    }

    public static TheoryData<string, string> Refused()
    {
        using var stranger = RSA.Create(2048);
        var good = Jwt.Rs256(Rsa, Jwt.Claims()).Split('.');
        var admin = Jwt.Rs256(stranger, With("sub", "admin")).Split('.');
        var publicKey = Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem());
        return new TheoryData<string, string>
        {
            { Jwt.None(Jwt.Claims()), "" },
            { Jwt.None(Jwt.Claims(), "None"), "" },
            { Jwt.None(Jwt.Claims(), "RS256"), "" },
            { Jwt.Rs256(Rsa, With("iss", "https://other.test")), "The token is from another issuer." },
            { Jwt.Rs256(Rsa, With("aud", "other")), "The token is for another audience." },
            { Jwt.Rs256(Rsa, Jwt.Claims(expiresInSeconds: -300)), "The token has expired." },
            { Jwt.Rs256(Rsa, Jwt.Claims(notBeforeInSeconds: 300)), "The token is not valid yet." },
            { Jwt.Rs256(Rsa, Jwt.Claims().Where(claim => claim.Key != "exp").ToDictionary()), "The token has no expiry." },
            { Jwt.Rs256(stranger, Jwt.Claims()), "The token's signature is not valid." },
            { $"{good[0]}.{admin[1]}.{good[2]}", "The token's signature is not valid." },

            // The classic confusion: the public key's own text as the secret of an HMAC.
            { Jwt.Hs256(publicKey, Jwt.Claims()), "The token's signature is not valid." },
            { Jwt.Hs256(Rsa.ExportSubjectPublicKeyInfo(), Jwt.Claims()), "The token's signature is not valid." },
            { "eyJhbGciOiJSUzI1NiJ9.e30.", "" },
            { "eyJ.eyJ.eyJ", "" },
            { "ey..", "" },
        };
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task An_invalid_token_is_401_and_says_why(string token, string reason)
    {
        var response = await _api.ClientWith(token).PredictAsync(Requests.Row().ToJsonString());

        var problem = await response.ReadProblemAsync(401, "unauthorized");
        Assert.StartsWith(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_RFC_7515_has_a_valid_signature_and_has_expired()
    {
        // RFC 7515, appendix A.1: signed in 2011 by the issuer "joe". The RFC's token has no audience, so only its order of checks shows.
        const string token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var key = WebEncoders.Base64UrlDecode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        using var api = ModelApiHost.With(
            ("Authentication:Schemes:Bearer:ValidIssuer", "joe"),
            ("Authentication:Schemes:Bearer:ValidAudience", "anyone"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", "joe"),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(key)));

        var whole = await (await api.ClientWith(token).PredictAsync("{}")).ReadProblemAsync(401, "unauthorized");
        var forged = await api.ClientWith(token.Replace("dBjf", "dBjg", StringComparison.Ordinal)).PredictAsync("{}");
        var tampered = await forged.ReadProblemAsync(401, "unauthorized");

        Assert.StartsWith("The token has expired.", whole.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("The token's signature is not valid.", tampered.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_in_a_name_are_replaced_and_long_names_are_cut()
    {
        var claims = Jwt.Claims();
        claims["sub"] = "eve\r\n\u001b[2Jinfo: all is well" + new string('x', 1000);

        var answer = await (await _api.ClientWith(Jwt.Rs256(Rsa, claims)).PredictAsync(Requests.Row().ToJsonString())).ReadJsonAsync();

        var name = answer.GetProperty("username").GetString()!;
        Assert.StartsWith("eve\uFFFD\uFFFD\uFFFD[2Jinfo", name, StringComparison.Ordinal);
        Assert.Equal(128, name.Length);
    }

    [Fact]
    public async Task An_unreachable_authority_is_503_for_tokens_and_does_not_affect_API_keys()
    {
        using var api = ModelApiHost.With(
            ("Authentication:Schemes:Bearer:Authority", "http://127.0.0.1:9"),
            ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
            ("Authentication:Schemes:Bearer:ValidAudience", Jwt.Audience));

        var token = await api.ClientWith(Jwt.Rs256(Rsa, Jwt.Claims())).PredictAsync(Requests.Row().ToJsonString());
        var key = await api.Client().PredictAsync(Requests.Row().ToJsonString());

        await token.ReadProblemAsync(503, "not-ready");
        Assert.NotNull(token.Headers.RetryAfter);
        Assert.True(key.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_authoritys_published_keys_validate_its_tokens()
    {
        await using var authority = await Authority.StartAsync(Rsa);
        using var api = ModelApiHost.With(
            ("Authentication:Schemes:Bearer:Authority", authority.Url),
            ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
            ("Authentication:Schemes:Bearer:ValidAudience", Jwt.Audience));
        var claims = Jwt.Claims();
        claims["iss"] = authority.Url;
        using var stranger = RSA.Create(2048);

        var good = await api.ClientWith(Jwt.Rs256(Rsa, claims, Authority.KeyId)).PredictAsync(Requests.Row().ToJsonString());
        var bad = await api.ClientWith(Jwt.Rs256(stranger, claims, Authority.KeyId)).PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal("carla", (await good.ReadJsonAsync()).GetProperty("username").GetString());
        await bad.ReadProblemAsync(401, "unauthorized");
    }

    private static Dictionary<string, object> With(string claim, string value) => new(Jwt.Claims()) { [claim] = value };
}
