using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Fuzz.Servers;

namespace ModelApi.Fuzz.Targets;

/// <summary>Requests over a socket whose head, target, framing, token or bytes are broken.</summary>
public sealed class HttpTests(FuzzedHost host) : IClassFixture<FuzzedHost>
{
    // Some of the requests ask the server to wait for more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.3);

    private WireRequest? _request;

    [Fact]
    public Task Broken_requests_are_no_fault_of_the_server() => Fuzzing.RunAsync("http", 0.15, Generate, CheckAsync);

    private Sample Generate(Random random)
    {
        _request = host.Requests.Next(random);
        return new Sample(_request.Kind, _request.Bytes);
    }

    private async Task CheckAsync(Sample sample)
    {
        var isDue = _request is { MayBeUnanswered: false };
        var answer = await host.SendAsync(sample.Content, isDue ? null : Patience);
        FuzzedHost.CheckStatus(answer, _request?.AsksForDeadline ?? true);
        Assert.True(answer.Status > 0 || !isDue, "No answer.");
        await host.CheckAsync(Random.Shared);
    }
}
