using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Predictions;

/// <summary>Plain requests need little of the pipeline; a query without meaning sends the same request through all of it.</summary>
public sealed class PlainRequestTests(CountingHost api) : IClassFixture<CountingHost>
{
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static readonly string Row = Requests.Row().ToJsonString();
    private static readonly string[] Usual = ["Authorization: Bearer abc123", "Content-Type: application/json", $"traceparent: {Parent}"];

    public static TheoryData<string> GoodBodies() =>
    [
        Row, $"[{Row}]", $"[{Row},{Row}]", $$"""{"instances":[{{Row}}]}""", $"\uFEFF{Row}",
        Row.Replace("41", "101", StringComparison.Ordinal), Row.Replace("\"age\"", "\"\\u0061ge\"", StringComparison.Ordinal),
    ];

    public static TheoryData<string> BadBodies() =>
    [
        "{}", "[]", "", "1", "null", "{\"age\":", Row + "x", Row.Replace("41", "\"41\"", StringComparison.Ordinal),
        Row.Replace("age", "agee", StringComparison.Ordinal), $"[{Row},{{}}]", Row.Replace("41", "1e999", StringComparison.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(GoodBodies))]
    public async Task A_good_request_is_answered_alike_with_and_without_the_pipeline(string body)
    {
        var port = api.Port();
        var before = api.Authenticated;

        var plain = await RawHttp.PostAsync(port, "/predict", body, Usual);
        var passedBy = api.Authenticated == before;
        var usual = await RawHttp.PostAsync(port, "/predict?nothing=1", body, Usual);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", plain, StringComparison.Ordinal);
        Assert.Equal(usual, plain);
        Assert.True(passedBy, "The request went through the pipeline.");
        Assert.Equal(before + 1, api.Authenticated);
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_bad_request_is_refused_alike_with_and_without_the_pipeline(string body)
    {
        var port = api.Port();

        var plain = await RawHttp.PostAsync(port, "/predict", body, Usual);
        var usual = await RawHttp.PostAsync(port, "/predict?nothing=1", body, Usual);

        Assert.StartsWith("HTTP/1.1 4", plain, StringComparison.Ordinal);
        Assert.Contains($"\"traceId\":\"{Parent}\"", plain, StringComparison.Ordinal);
        Assert.Equal(usual, plain);
    }

    [Theory]
    [InlineData("/models/bank/predict", true)]
    [InlineData("/models/bank/versions/1/predict", true)]
    [InlineData("/models/bnak/predict", false)]
    [InlineData("/models/bank/versions/9/predict", false)]
    [InlineData("/predict/more", false)]
    public async Task Every_route_is_answered_alike(string path, bool isFound)
    {
        var port = api.Port();

        var plain = await RawHttp.PostAsync(port, path, Row, Usual);
        var usual = await RawHttp.PostAsync(port, path + "?nothing=1", Row, Usual);

        Assert.StartsWith(isFound ? "HTTP/1.1 200" : "HTTP/1.1 404", plain, StringComparison.Ordinal);
        Assert.Equal(usual, plain);
    }

    [Theory]
    [InlineData("Authorization: Bearer abc123|Content-Type: application/json; charset=utf-8", 200)]
    [InlineData("Authorization: Bearer abc123|Content-Type: application/json|Accept-Encoding: gzip, br", 200)]
    [InlineData("Authorization: Bearer abc123|Content-Type: application/json|Content-Encoding: identity", 200)]
    [InlineData("Authorization: Bearer abc123|Content-Type: application/json|Content-Encoding: gzip", 400)]
    [InlineData("Authorization: Bearer abc123|Content-Type: application/json|Content-Encoding: zip", 415)]
    [InlineData("Authorization: Bearer abc123|Content-Type: application/json; charset=latin1", 415)]
    [InlineData("Authorization: Bearer abc123|Content-Type: text/plain", 415)]
    [InlineData("Authorization: Bearer abc123", 415)]
    [InlineData("Authorization: Bearer wrong|Content-Type: application/json", 401)]
    [InlineData("Authorization: Bearer expired|Content-Type: application/json", 401)]
    [InlineData("Authorization: Bearer abc123|Authorization: Bearer abc123|Content-Type: application/json", 401)]
    [InlineData("Content-Type: application/json", 401)]
    public async Task Every_header_is_answered_alike(string headers, int status)
    {
        var port = api.Port();
        string[] all = [.. headers.Split('|'), $"traceparent: {Parent}"];

        var plain = await RawHttp.PostAsync(port, "/predict", Row, all);
        var usual = await RawHttp.PostAsync(port, "/predict?nothing=1", Row, all);

        Assert.StartsWith($"HTTP/1.1 {status} ", plain, StringComparison.Ordinal);
        Assert.Equal(usual, plain);
    }

    [Fact]
    public async Task A_large_answer_is_compressed_alike()
    {
        var port = api.Port();
        var odd = """{"age":101,"job":"x","marital":"x","education":"x","balance":1506,"housing":"x","duration":261,"campaign":1}""";
        string[] headers = [.. Usual, "Accept-Encoding: gzip"];

        var plain = await RawHttp.PostAsync(port, "/predict", $"[{string.Join(',', Enumerable.Repeat(odd, 8))}]", headers);
        var usual = await RawHttp.PostAsync(port, "/predict?nothing=1", $"[{string.Join(',', Enumerable.Repeat(odd, 8))}]", headers);

        Assert.Contains("Content-Encoding: gzip", plain, StringComparison.Ordinal);
        Assert.Equal(usual, plain);
    }

    [Fact]
    public async Task A_body_that_comes_after_its_head_is_answered_alike()
    {
        var port = api.Port();

        var late = await RawHttp.PostAsync(port, "/predict", Row, Usual, inPieces: true);
        var plain = await RawHttp.PostAsync(port, "/predict", Row, Usual);

        Assert.Equal(plain, late);
    }

    [Fact]
    public async Task A_request_past_its_deadline_is_504_without_the_pipeline_too()
    {
        using var slow = new SlowClockHost();

        var answer = await RawHttp.PostAsync(slow.Port(), "/predict", Row, Usual);

        Assert.StartsWith("HTTP/1.1 504 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:problem-type:modelapi:timed-out", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_request_is_plain_when_answers_come_in_envelopes()
    {
        using var wrapping = new EnvelopeHost();

        var answer = await RawHttp.PostAsync(wrapping.Port(), "/predict", Row, Usual);

        Assert.Contains("{\"message\":\"OK\"", answer, StringComparison.Ordinal);
    }

    private sealed class EnvelopeHost : SocketHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Api:Envelope", "true");
        }
    }

    /// <summary>Between any two looks at its clock, a minute passes.</summary>
    private sealed class SlowClockHost : SocketHost
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(new LeapingClock()));
        }

        private sealed class LeapingClock : TimeProvider
        {
            private long _minutes;

            public override long GetTimestamp() => Interlocked.Increment(ref _minutes) * 60 * TimestampFrequency;
        }
    }
}
