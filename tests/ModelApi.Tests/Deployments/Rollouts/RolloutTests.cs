using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Deployments.Rollouts;
using ModelApi.Inference.Registry;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments.Rollouts;

/// <summary>Rollouts on live predictions, both ways: a query without meaning sends a request through the whole pipeline.</summary>
public sealed class RolloutTests : IDisposable
{
    private static readonly IReadOnlyList<JsonObject> Golden =
        [.. File.ReadLines(Path.Combine(Repository.Bank, "golden.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    private readonly TemporaryModels _models = new();
    private readonly TrialHost _host;
    private readonly HttpClient _client;

    public RolloutTests()
    {
        _host = new TrialHost(_models);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_host.Port()}") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ModelApiHost.Key);
    }

    public void Dispose()
    {
        _client.Dispose();
        _host.Dispose();
        _models.Dispose();
    }

    [Theory]
    [InlineData("/models/bank/predict")]
    [InlineData("/models/bank/predict?nothing=1")]
    public async Task A_shadow_sees_every_row_and_answers_nobody(string path)
    {
        var run = _host.Begin("""{"version":"3","mode":"shadow"}""");
        var rows = Golden.Take(50).ToList();

        foreach (var row in rows)
        {
            Assert.Equal(("1", row["label"]!.GetValue<string>()), await AskAsync(path, row["input"]!.ToJsonString()));
        }

        // Version 3 is version 1 with the labels exchanged, so the trainer's golden labels say what the table must hold.
        var seen = await SeenAsync(run, 50);
        Assert.Equal((50, 0, 0), (seen.Rows, seen.RefusedByBoth, seen.Dropped));
        Assert.Equal(50, seen.Labels!.Differing.Count);
        Assert.Equal(rows.Count(row => row["label"]!.GetValue<string>() == "no"), seen.Labels.Confusion["no"]["yes"]);
        Assert.Equal(rows.Count(row => row["label"]!.GetValue<string>() == "yes"), seen.Labels.Confusion["yes"]["no"]);
        Assert.Equal((0, 0), (seen.Errors.Production.Count, seen.Errors.Candidate.Count));

        // The difference is that of the probability of production's label.
        var expected = rows.Select(row => row["probabilities"]!).Select(both => -Math.Abs(both["no"]!.GetValue<double>() - both["yes"]!.GetValue<double>()));
        Assert.Equal(expected.Average(), seen.ScoreDifference!.Mean, 5);
        Assert.Equal(expected.Min(), seen.ScoreDifference.Minimum, 5);
        Assert.Equal(expected.Max(), seen.ScoreDifference.Maximum, 5);
        Assert.Equal(50, seen.Latency!.Calls);
        Assert.InRange(seen.Latency.Ratio, 0.01, 100);
    }

    [Fact]
    public async Task An_equal_version_shows_no_difference()
    {
        var run = _host.Begin("""{"version":"2","mode":"shadow"}""");

        await _client.PredictAsync(new JsonArray([.. Golden.Select(row => row["input"]!.DeepClone())]).ToJsonString(), "/models/bank/predict");

        var seen = await SeenAsync(run, 200);
        Assert.Equal((200, 0), (seen.Labels!.Rows, seen.Labels.Differing.Count));
        Assert.Equal((0, 0), (seen.ScoreDifference!.Minimum, seen.ScoreDifference.Maximum));
        Assert.Equal(1, seen.Latency!.Calls);
    }

    [Fact]
    public async Task Rows_that_only_one_version_takes_are_errors_of_the_other()
    {
        var run = _host.Begin("""{"version":"4","mode":"shadow"}""");
        var tall = Requests.Row();
        tall["height"] = 1.8;

        // The first is taken by production alone, the second by the new version alone, and the others by neither.
        await _client.PredictAsync($"[{TrialHost.Row},{tall.ToJsonString()},{{}},7]", "/models/bank/predict?onInvalid=skip");
        await _client.PredictAsync("{", "/models/bank/predict");

        var seen = await SeenAsync(run, 2, refused: 3);
        Assert.Equal((2, 3), (seen.Rows, seen.RefusedByBoth));
        Assert.Equal((1, 1), (seen.Errors.Production.Count, seen.Errors.Candidate.Count));
        Assert.Null(seen.Labels);
    }

    [Theory]
    [InlineData("/models/bank/predict")]
    [InlineData("/models/bank/predict?nothing=1")]
    public async Task A_canary_answers_its_share_of_a_header_and_the_same_values_each_time(string path)
    {
        var run = _host.Begin("""{"version":"3","mode":"canary","percent":30,"key":"header:X-Client"}""");
        var rollout = run.Settings.ToRollout();
        var taken = 0;
        foreach (var client in Enumerable.Range(0, 40).Concat(Enumerable.Range(0, 40)).Select(number => $"client {number}"))
        {
            var (version, label) = await AskAsync(path, TrialHost.Row, client);

            Assert.Equal(rollout.Takes(client) ? ("3", "yes") : ("1", "no"), (version, label));
            taken += version == "3" ? 1 : 0;
        }

        // Production answers those who say nothing, and the versions that a caller names are what they are.
        Assert.Equal("1", (await AskAsync(path, TrialHost.Row)).Version);
        Assert.Equal("1", (await AskAsync("/models/bank/versions/1/predict", TrialHost.Row, "client 1")).Version);
        Assert.Equal("3", (await AskAsync("/models/bank/versions/3/predict", TrialHost.Row, "client 1")).Version);
        Assert.InRange(taken, 2, 78);
        Assert.Equal(taken, (await SeenAsync(run, taken)).Rows);
    }

    [Theory]
    [InlineData("/models/bank/predict")]
    [InlineData("/models/bank/predict?nothing=1")]
    public async Task A_canary_goes_by_a_feature_of_the_first_row(string path)
    {
        var run = _host.Begin("""{"version":"3","mode":"canary","percent":50,"key":"feature:balance"}""");
        var rollout = run.Settings.ToRollout();
        for (var balance = 0; balance < 40; balance++)
        {
            var row = Requests.Row();
            row["balance"] = balance;

            Assert.Equal(rollout.Takes($"{balance}") ? "3" : "1", (await AskAsync(path, row.ToJsonString())).Version);
        }
    }

    [Fact]
    public async Task A_canary_of_all_callers_answers_every_call()
    {
        var run = _host.Begin("""{"version":"3","mode":"canary","percent":100}""");

        Assert.Equal("3", (await AskAsync("/models/bank/predict", TrialHost.Row)).Version);
        Assert.Equal(1, (await SeenAsync(run, 1)).Labels!.Differing.Count);
    }

    [Fact]
    public async Task What_a_canary_refuses_is_an_error_of_the_canary()
    {
        var run = _host.Begin("""{"version":"4","mode":"canary","percent":100}""");

        var response = await _client.PredictAsync(TrialHost.Row, "/models/bank/predict");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal((1, 0), ((await SeenAsync(run, 1)).Errors.Candidate.Count, run.ToComparison().Errors.Production.Count));
    }

    [Theory]
    [InlineData("""{"version":"3","mode":"canary","percent":100,"maxLabelDifference":0.2,"minimumRows":50}""", 11)]
    [InlineData("""{"version":"4","mode":"shadow","maxErrorRate":0.1,"minimumRows":50}""", 6)]
    public async Task The_verdict_on_a_bad_version_comes_within_its_minimum_of_rows(string json, int rows)
    {
        var run = _host.Begin(json);
        for (var row = 0; row < rows; row++)
        {
            Assert.Null(run.Verdict);
            await _client.PredictAsync(TrialHost.Row, "/models/bank/predict");
            await SeenAsync(run, row + 1);
        }

        Assert.False(run.Verdict!.IsPromotion);
    }

    [Fact]
    public async Task Under_load_calls_are_answered_and_their_copies_dropped_and_counted()
    {
        var run = _host.Begin("""{"version":"2","mode":"shadow"}""", isCompared: false);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1200), new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (_, _) => Assert.Equal("1", (await AskAsync("/models/bank/predict", TrialHost.Row)).Version));
        var waiting = _host.Queue.Count;

        // Two callers may each find the last room.
        Assert.InRange(waiting, 1024, 1026);
        Assert.Equal((0, 1200 - waiting), (run.ToComparison().Rows, run.ToComparison().Dropped));
    }

    [Fact]
    public async Task A_body_that_is_too_large_to_copy_is_dropped_and_counted()
    {
        var run = _host.Begin("""{"version":"2","mode":"shadow"}""");

        var response = await _client.PredictAsync($"[{TrialHost.Row}{new string(' ', 1024 * 1024)}]", "/models/bank/predict");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((0, 1), (run.ToComparison().Rows, run.ToComparison().Dropped));
    }

    [Fact]
    public async Task A_rollout_that_is_over_answers_and_copies_nothing_more()
    {
        var run = _host.Begin("""{"version":"3","mode":"canary","percent":100}""", isCompared: false);
        await _host.Registry.PlaceAsync(
            new Dictionary<string, ModelPlacement> { ["bank"] = _host.Registry.Snapshot.Find("bank")!.Placement with { Rollout = null } },
            areAll: false, CancellationToken.None);

        Assert.Equal("1", (await AskAsync("/models/bank/predict", TrialHost.Row)).Version);
        Assert.Equal((0, 0), (_host.Queue.Count, run.ToComparison().Dropped));
    }

    private async Task<(string Version, string Label)> AskAsync(string path, string body, string? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (client is not null)
        {
            request.Headers.Add("X-Client", client);
        }

        using var response = await _client.SendAsync(request);
        var answer = await response.ReadJsonAsync();
        return (answer.GetProperty("version").GetString()!, answer.GetProperty("prediction").GetString()!);
    }

    private static async Task<RolloutComparison> SeenAsync(RolloutRun run, long rows, long refused = 0)
    {
        for (var patience = 0; ; patience++)
        {
            var seen = run.ToComparison();
            if (seen.Rows >= rows && seen.RefusedByBoth >= refused)
            {
                return seen;
            }

            Assert.True(patience < 1000, $"Only {JsonSerializer.Serialize(seen)} was seen.");
            await Task.Delay(10);
        }
    }
}
