using System.Text;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Fuzz.Servers;

namespace ModelApi.Fuzz.Targets;

/// <summary>JSON Web Tokens: answered 200 only where a judge of our own accepts them, and otherwise 401.</summary>
public sealed class TokenTests(FuzzedHost host) : IClassFixture<FuzzedHost>
{
    private readonly Tokens _tokens = new(FuzzedHost.TokenKey, FuzzedHost.Issuer, FuzzedHost.Audience);
    private readonly TokenJudge _judge = new(FuzzedHost.TokenKey, FuzzedHost.Issuer, FuzzedHost.Audience);

    [Fact]
    public async Task Tokens_are_accepted_only_when_they_are_valid()
    {
        Assert.Equal(200, await StatusAsync(_tokens.Valid()));
        await Fuzzing.RunAsync("tokens", 0.1, Generate, CheckAsync);
    }

    private Sample Generate(Random random)
    {
        var (kind, token) = _tokens.Next(random);
        return new Sample(kind, Encoding.UTF8.GetBytes(token));
    }

    private async Task CheckAsync(Sample sample)
    {
        var token = Encoding.UTF8.GetString(sample.Content).TrimEnd('\n');
        var status = await StatusAsync(token);

        // 431: the token is longer than the head of a request can be.
        Assert.True(status is 200 or 401 or 431, $"{status}");
        Assert.True(status != 200 || _judge.MayAccept(token), "Accepted, though it is not valid.");
        await host.CheckAsync(Random.Shared);
    }

    private async Task<int> StatusAsync(string token)
    {
        var model = FuzzedHost.Models[0];
        var body = Encoding.UTF8.GetBytes(model.Golden[0].Input);
        return (await host.SendAsync(host.Requests.Predict($"/models/{model.Name}/predict", body, [], $"Bearer {token}").Bytes)).Status;
    }
}
