using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Overload;

public sealed class OverloadTests
{
    private static readonly (string, string)[] OneAndOneWaiting =
        [("Limits:MaxConcurrentPredictions", "1"), ("Limits:MaxQueuedPredictions", "1")];

    [Fact]
    public async Task A_request_beyond_the_queue_is_refused_at_once_and_told_when_to_come_back()
    {
        using var host = new HeldHost(OneAndOneWaiting);
        var client = host.Client();
        var served = await FillAsync(host, client);

        var refused = await client.PredictAsync(Requests.Row().ToJsonString());

        var problem = await refused.ReadProblemAsync(503, "overloaded");
        Assert.Equal(["type", "title", "status", "detail", "traceId"], problem.EnumerateObject().Select(member => member.Name));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(1, host.Model.Calls);
        host.Model.EndCalls(2);
        Assert.All(await Task.WhenAll(served), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        host.Model.EndCalls(1);
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync(Requests.Row().ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task A_request_that_would_wait_too_long_is_refused_at_once()
    {
        using var host = new HeldHost(("Limits:MaxConcurrentPredictions", "1"), ("Limits:MaxQueueMilliseconds", "20"));
        var client = host.Client();
        host.Model.Hold();
        var measured = client.PredictAsync(Requests.Row().ToJsonString());
        await host.Model.WaitForCallsAsync(1);
        await Task.Delay(50);
        host.Model.EndCalls(1);
        await measured;
        var served = await FillAsync(host, client);

        var refused = await client.PredictAsync(Requests.Row().ToJsonString());

        await refused.ReadProblemAsync(503, "overloaded");
        host.Model.EndCalls(2);
        Assert.All(await Task.WhenAll(served), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task A_refused_request_is_not_read()
    {
        using var host = HeldHost.OnPort(OneAndOneWaiting);
        var served = await FillAsync(host, host.Client());

        var answer = await host.SendRawAsync(Post(length: 1000, "{\"age\":"), untilAnswerHolds: "traceId");

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable", answer, StringComparison.Ordinal);
        Assert.Contains("urn:problem-type:modelapi:overloaded", answer, StringComparison.Ordinal);
        host.Model.EndCalls(2);
        await Task.WhenAll(served);
    }

    [Fact]
    public async Task A_slow_sender_holds_nobody_up()
    {
        using var host = new HeldHost(OneAndOneWaiting);
        var client = host.Client();
        using var slow = new EndlessContent();
        var sending = client.PostAsync(new Uri("/predict", UriKind.Relative), slow);
        await slow.WaitUntilReadAsync();

        var response = await client.PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(sending.IsCompleted);
        slow.End();
        await (await sending).ReadProblemAsync(400, "malformed-json");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/models")]
    [InlineData("/signature")]
    [InlineData("/openapi/v1.json")]
    public async Task What_is_no_prediction_is_never_limited(string path)
    {
        using var host = new HeldHost(OneAndOneWaiting);
        var client = host.Client();

        // The document shows a real prediction, which must not be held.
        await client.GetAsync("/openapi/v1.json");
        var served = await FillAsync(host, client);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);

        host.Model.EndCalls(2);
        await Task.WhenAll(served);
    }

    [Fact]
    public async Task Who_comes_first_is_served_first()
    {
        using var host = new HeldHost(("Limits:MaxConcurrentPredictions", "1"), ("Limits:MaxQueuedPredictions", "10"));
        var client = host.Client();
        host.Model.Hold();
        var responses = new List<Task<HttpResponseMessage>> { PredictAsync(client, age: 30) };
        await host.Model.WaitForCallsAsync(1);
        for (var waiting = 1; waiting <= 5; waiting++)
        {
            responses.Add(PredictAsync(client, 30 + waiting));
            await host.WaitForWaitingAsync(waiting);
        }

        host.Model.EndCalls(6);
        await Task.WhenAll(responses);

        Assert.Equal([30, 31, 32, 33, 34, 35], host.Model.Ages);
    }

    [Fact]
    public async Task A_client_who_goes_away_leaves_the_queue()
    {
        using var host = new HeldHost(OneAndOneWaiting);
        var client = host.Client();
        host.Model.Hold();
        var first = PredictAsync(client, age: 30);
        await host.Model.WaitForCallsAsync(1);
        using var cancellation = new CancellationTokenSource();
        using var content = Requests.Json(Requests.Row().ToJsonString());
        var leaving = client.PostAsync(new Uri("/predict", UriKind.Relative), content, cancellation.Token);
        await host.WaitForWaitingAsync(1);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await host.WaitForWaitingAsync(0);
        var next = PredictAsync(client, age: 32);
        await host.WaitForWaitingAsync(1);
        host.Model.EndCalls(2);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await first).StatusCode, (await next).StatusCode));
        Assert.Equal([30, 32], host.Model.Ages);
    }

    [Fact]
    public async Task A_refusal_comes_in_an_envelope_where_that_is_asked_for()
    {
        using var host = new HeldHost(OneAndOneWaiting);
        var client = host.Client();
        var served = await FillAsync(host, client);

        var answer = await (await client.PredictAsync(Requests.Row().ToJsonString(), "/predict?envelope=true")).ReadJsonAsync();

        Assert.Equal(503, answer.GetProperty("status-code").GetInt32());
        Assert.Equal("urn:problem-type:modelapi:overloaded", answer.GetProperty("data").GetProperty("type").GetString());
        host.Model.EndCalls(2);
        await Task.WhenAll(served);
    }

    [Fact]
    public async Task Refusals_and_the_queue_are_measured()
    {
        using var host = new HeldHost(OneAndOneWaiting);
        var client = host.Client();
        var factory = host.Services.GetRequiredService<IMeterFactory>();
        var (refused, queue) = (0L, -1);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Scope == factory && instrument.Meter.Name == "ModelApi.Overload")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            refused += tags[0] is { Key: "model.name", Value: "bank" } ? count : 0);
        listener.SetMeasurementEventCallback<int>((_, length, _, _) => queue = length);
        listener.Start();
        var served = await FillAsync(host, client);

        await client.PredictAsync(Requests.Row().ToJsonString());
        await client.PredictAsync(Requests.Row().ToJsonString());
        listener.RecordObservableInstruments();

        Assert.Equal((2, 1), (refused, queue));
        host.Model.EndCalls(2);
        await Task.WhenAll(served);
    }

    [Fact]
    public async Task A_refused_client_keeps_its_connection()
    {
        using var host = HeldHost.OnPort(OneAndOneWaiting);
        var served = await FillAsync(host, host.Client());
        var body = Requests.Row().ToJsonString();

        var answers = await host.SendRawAsync(
            Post(body.Length, body) + Post(body.Length, body) + "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", untilAnswerHolds: "200 OK");

        Assert.Equal(3, answers.Split("HTTP/1.1 ").Length - 1);
        Assert.Equal(2, answers.Split("HTTP/1.1 503 Service Unavailable").Length - 1);
        Assert.Contains("HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        host.Model.EndCalls(2);
        await Task.WhenAll(served);
    }

    [Fact]
    public async Task A_refusal_is_the_same_with_and_without_the_rest_of_the_pipeline()
    {
        using var host = HeldHost.OnPort(OneAndOneWaiting);
        var served = await FillAsync(host, host.Client());
        var body = Requests.Row().ToJsonString();

        // No parameter of the route: it is ignored, but takes the request through the whole pipeline.
        var plain = await host.SendRawAsync(Post(body.Length, body), untilAnswerHolds: "}");
        var whole = await host.SendRawAsync(Post(body.Length, body, "?color=red"), untilAnswerHolds: "}");

        Assert.Contains("\r\nRetry-After: 1\r\n", plain, StringComparison.Ordinal);
        Assert.Equal(WithoutChance(whole), WithoutChance(plain));
        host.Model.EndCalls(2);
        await Task.WhenAll(served);

        static string WithoutChance(string answer) =>
            Regex.Replace(answer, "Date: [^\r]*|\"traceId\":\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    /// <summary>Sends one request that is being scored and one that waits.</summary>
    private static async Task<Task<HttpResponseMessage>[]> FillAsync(HeldHost host, HttpClient client)
    {
        host.Model.Hold();
        var scored = client.PredictAsync(Requests.Row().ToJsonString());
        await host.Model.WaitForCallsAsync(1);
        var waiting = client.PredictAsync(Requests.Row().ToJsonString());
        await host.WaitForWaitingAsync(1);
        return [scored, waiting];
    }

    private static string Post(int length, string body, string query = "") =>
        $"POST /predict{query} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ModelApiHost.Key}\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {length}\r\n\r\n{body}";

    private static Task<HttpResponseMessage> PredictAsync(HttpClient client, int age)
    {
        var row = Requests.Row();
        row["age"] = age;
        return client.PredictAsync(row.ToJsonString());
    }
}
