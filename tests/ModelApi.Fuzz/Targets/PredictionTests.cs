using System.Text;
using System.Text.RegularExpressions;
using ModelApi.Fuzz.Generation;
using ModelApi.Fuzz.Running;
using ModelApi.Fuzz.Servers;
using ModelApi.Fuzz.Wire;

namespace ModelApi.Fuzz.Targets;

/// <summary>Predictions over a socket: each twice, on the short way of plain requests and through the whole pipeline.</summary>
public sealed partial class PredictionTests(FuzzedHost host) : IClassFixture<FuzzedHost>
{
    // As long as the server's own deadline, so that it changes nothing but the way.
    private const string WholePipeline = "Request-Timeout: 30\r\n";

    private WireRequest? _request;

    [Fact]
    public Task Predictions_are_answered_alike_both_ways_and_within_their_budget() =>
        Fuzzing.RunAsync("predictions", 0.25, Generate, CheckAsync);

    private Sample Generate(Random random)
    {
        _request = random.Chance(0.8) ? host.Requests.Body(random) : host.Requests.Encoded(random);
        return new Sample(_request.Kind, _request.Bytes);
    }

    private async Task CheckAsync(Sample sample)
    {
        var input = sample.Content.Length + (_request?.UnpackedBytes ?? 0);
        var plain = await Budget.CheckAsync(input, () => host.SendAsync(sample.Content));
        FuzzedHost.CheckStatus(plain, asksForDeadline: false);
        Assert.NotEqual(0, plain.Status);

        var head = sample.Content.AsSpan().IndexOf("\r\n"u8) + 2;
        var whole = await host.SendAsync([.. sample.Content[..head], .. Encoding.ASCII.GetBytes(WholePipeline), .. sample.Content[head..]]);
        Assert.Equal(Comparable(whole), Comparable(plain));
        await host.CheckAsync(Random.Shared);
    }

    private static string Comparable(WireAnswer answer) =>
        answer.Head.Contains("Content-Encoding", StringComparison.OrdinalIgnoreCase)
            ? $"{answer.Status}"
            : Varying().Replace($"{answer.Status} {Encoding.UTF8.GetString(answer.Body)}", "");

    [GeneratedRegex("\"(traceId|timestamp)\":\"[^\"]*\"")]
    private static partial Regex Varying();
}
