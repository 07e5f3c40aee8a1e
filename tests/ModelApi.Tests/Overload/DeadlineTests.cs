using System.Net;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Overload;

public sealed class DeadlineTests
{
    private static readonly (string, string)[] OneAtATime = [("Limits:MaxConcurrentPredictions", "1")];

    [Fact]
    public async Task A_request_past_the_deadline_that_it_asked_for_is_stopped_and_answered_504()
    {
        using var host = new HeldHost(OneAtATime);
        var client = host.Client();
        host.Model.Hold();

        var problem = await (await PredictAsync(client, "0.05")).ReadProblemAsync(504, "timed-out");

        Assert.Contains("after 0.05 s", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (host.Model.Calls, host.Model.Stopped));
        host.Model.EndCalls(1);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(client, "30")).StatusCode);
    }

    [Fact]
    public async Task A_request_that_waits_past_its_deadline_leaves_the_queue_with_504()
    {
        using var host = new HeldHost(OneAtATime);
        var client = host.Client();
        host.Model.Hold();
        var first = PredictAsync(client, null);
        await host.Model.WaitForCallsAsync(1);

        await (await PredictAsync(client, "0.05")).ReadProblemAsync(504, "timed-out");

        Assert.Equal(0, host.Waiting);
        host.Model.EndCalls(1);
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(1, host.Model.Calls);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1000")]
    public async Task No_request_goes_on_for_longer_than_the_server_allows(string? asked)
    {
        using var host = new HeldHost(("Limits:RequestTimeoutSeconds", "0.1"));
        var client = host.Client();
        host.Model.Hold();

        var problem = await (await PredictAsync(client, asked)).ReadProblemAsync(504, "timed-out");

        Assert.Contains("after 0.1 s", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"\\ud800\":1,", "\"\\ud800\":1,", "\"age\":1}")]
    [InlineData("[", "[],", "{}]")]
    [InlineData("{\"age\":[", "[],", "1]}")]
    [InlineData("[[", "[],", "x")]
    public async Task The_reading_of_a_body_stops_at_the_deadline(string start, string part, string end)
    {
        using var host = new ModelApiHost();
        var body = start + string.Concat(Enumerable.Repeat(part, 15_000_000 / part.Length)) + end;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/predict", UriKind.Relative));
        request.Content = Requests.Json(body);
        request.Headers.Add("Request-Timeout", "0.04");

        await (await host.Client().SendAsync(request)).ReadProblemAsync(504, "timed-out");
    }

    [Fact]
    public async Task A_body_that_does_not_come_before_the_deadline_is_504()
    {
        using var host = HeldHost.OnPort();
        using var client = host.Client();

        var answer = await host.SendRawAsync(
            $"POST /predict HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ModelApiHost.Key}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\nRequest-Timeout: 0.05\r\n\r\n{\"age\":",
            untilAnswerHolds: "traceId");

        Assert.StartsWith("HTTP/1.1 504 Gateway Timeout", answer, StringComparison.Ordinal);
        Assert.Contains("urn:problem-type:modelapi:timed-out", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("5s")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1", "2")]
    public async Task A_header_that_is_no_number_of_seconds_is_refused(params string[] values)
    {
        using var host = new ModelApiHost();
        var client = host.Client();
        client.DefaultRequestHeaders.Add("Request-Timeout", values);

        var problem = await (await client.PredictAsync(Requests.Row().ToJsonString())).ReadProblemAsync(400, "invalid-header");

        Assert.Equal(
            "The header 'Request-Timeout' must be given once, as a number of seconds greater than 0, such as 2.5.",
            problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_deadline_that_passed_is_no_deadline_of_the_next_request()
    {
        using var host = new HeldHost(OneAtATime);
        var client = host.Client();
        host.Model.Hold();
        await (await PredictAsync(client, "0.05")).ReadProblemAsync(504, "timed-out");

        for (var i = 0; i < 20; i++)
        {
            host.Model.EndCalls(1);
            Assert.Equal(HttpStatusCode.OK, (await PredictAsync(client, null)).StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> PredictAsync(HttpClient client, string? seconds)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/predict", UriKind.Relative))
        {
            Content = Requests.Json(Requests.Row().ToJsonString()),
        };
        if (seconds is not null)
        {
            request.Headers.Add("Request-Timeout", seconds);
        }

        return await client.SendAsync(request);
    }
}
