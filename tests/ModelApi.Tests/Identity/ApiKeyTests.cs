using System.Security.Cryptography;
using System.Text;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Identity;

public sealed class ApiKeyTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Fact]
    public async Task A_request_without_a_key_is_401_and_says_how_to_send_one()
    {
        var response = await api.AnonymousClient().PredictAsync(Requests.Row().ToJsonString());

        var problem = await response.ReadProblemAsync(401, "unauthorized");
        Assert.Equal("Bearer realm=\"ModelApi\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("Authorization: Bearer", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer abc1234")]
    [InlineData("Bearer ABC123")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJwZWRybzEifQ.")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer abc123 abc123")]
    [InlineData("Basic cGVkcm8xOmFiYzEyMw==")]
    [InlineData("abc123")]
    [InlineData("Bearer \u00e9")]
    public async Task A_wrong_or_malformed_key_is_401_with_invalid_token(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = Requests.Json(Requests.Row().ToJsonString()) };
        request.Headers.TryAddWithoutValidation("Authorization", header);

        var response = await api.AnonymousClient().SendAsync(request);

        await response.ReadProblemAsync(401, "unauthorized");
        Assert.StartsWith(
            "Bearer realm=\"ModelApi\", error=\"invalid_token\", error_description=\"",
            response.Headers.WwwAuthenticate.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_keys_at_once_are_401()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/models");
        request.Headers.TryAddWithoutValidation("Authorization", ["Bearer abc123", "Bearer abc123"]);

        var response = await api.AnonymousClient().SendAsync(request);

        await response.ReadProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task A_key_works_until_it_expires()
    {
        using var host = ModelApiHost.With(
            ("Identity:ApiKeys:1:User", "ana"),
            ("Identity:ApiKeys:1:Sha256", Sha256("old")),
            ("Identity:ApiKeys:1:Expires", "2020-01-01T00:00:00Z"),
            ("Identity:ApiKeys:2:User", "ben"),
            ("Identity:ApiKeys:2:Sha256", Sha256("new").ToUpperInvariant()),
            ("Identity:ApiKeys:2:Expires", "2999-01-01T00:00:00Z"));

        var old = await host.ClientWith("old").PredictAsync(Requests.Row().ToJsonString());
        var current = await host.ClientWith("new").PredictAsync(Requests.Row().ToJsonString());

        var problem = await old.ReadProblemAsync(401, "unauthorized");
        Assert.StartsWith("The key has expired.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("ben", (await current.ReadJsonAsync()).GetProperty("username").GetString());
    }

    [Theory]
    [InlineData("bearer abc123")]
    [InlineData("BEARER   abc123  ")]
    public async Task The_scheme_is_read_in_any_case(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/models");
        request.Headers.TryAddWithoutValidation("Authorization", header);

        var response = await api.AnonymousClient().SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
    }

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
