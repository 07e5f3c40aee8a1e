using System.Net;
using System.Text.Json;
using ModelApi.Inference.Bundles;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Overload;

public sealed class BatchingTests
{
    private static readonly BatchingPolicy Joined = new()
    {
        Mode = BatchingMode.On,
        MaxConcurrentCalls = 1,
        MaxRows = 8,
        MaxQueuedRows = 8,
    };

    [Fact]
    public async Task Requests_that_come_together_are_scored_together_each_with_its_own_answer()
    {
        using var host = new HeldHost(Joined);
        var golden = Golden.Read(Repository.Bank).Take(6).ToList();
        var client = host.Client();
        host.Model.Hold();
        var responses = new List<Task<HttpResponseMessage>> { client.PredictAsync(golden[0].Input) };
        await host.Model.WaitForCallsAsync(1);

        responses.AddRange(golden.Skip(1).Select(row => client.PredictAsync(row.Input)));
        await host.WaitForQueuedRowsAsync(5);
        host.Model.EndCalls(2);

        for (var i = 0; i < golden.Count; i++)
        {
            golden[i].AssertIs(await (await responses[i]).ReadJsonAsync());
        }

        Assert.Equal(2, host.Model.Calls);
    }

    [Fact]
    public async Task A_request_beyond_the_rows_that_may_wait_is_refused()
    {
        using var host = new HeldHost(Joined);
        var client = host.Client();
        host.Model.Hold();
        var first = client.PredictAsync(Requests.Row().ToJsonString());
        await host.Model.WaitForCallsAsync(1);
        var waiting = client.PredictAsync(Rows(7));
        await host.WaitForQueuedRowsAsync(7);

        await (await client.PredictAsync(Rows(2))).ReadProblemAsync(503, "overloaded");
        var last = client.PredictAsync(Rows(1));
        await host.WaitForQueuedRowsAsync(8);
        var refused = await client.PredictAsync(Rows(1));

        await refused.ReadProblemAsync(503, "overloaded");
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        host.Model.EndCalls(3);
        Assert.All(await Task.WhenAll(first, waiting, last), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task A_request_that_waits_past_its_deadline_is_left_out_of_the_call()
    {
        using var host = new HeldHost(Joined);
        var client = host.Client();
        host.Model.Hold();
        var first = client.PredictAsync(Requests.Row().ToJsonString());
        await host.Model.WaitForCallsAsync(1);
        using var impatient = new HttpRequestMessage(HttpMethod.Post, new Uri("/predict", UriKind.Relative))
        {
            Content = Requests.Json(Rows(2)),
        };
        impatient.Headers.Add("Request-Timeout", "0.05");

        await (await client.SendAsync(impatient)).ReadProblemAsync(504, "timed-out");

        await host.WaitForQueuedRowsAsync(0);
        host.Model.EndCalls(1);
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(1, host.Model.Calls);
    }

    [Theory]
    [InlineData("on", "On by configuration or manifest.")]
    [InlineData("off", "Off by configuration or manifest.")]
    public async Task A_version_says_whether_rows_are_joined_and_why(string mode, string expected)
    {
        using var host = ModelApiHost.With(("Models:Batching:Mode", mode));

        var version = await (await host.Client().GetAsync("/models/bank/versions/1")).ReadJsonAsync();

        Assert.Equal(expected, version.GetProperty("batching").GetString());
    }

    private static string Rows(int count) => JsonSerializer.Serialize(Enumerable.Repeat(Requests.Row(), count));
}
