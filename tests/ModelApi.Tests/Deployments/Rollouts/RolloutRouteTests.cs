using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments.Rollouts;

/// <summary>Rollouts as an operator uses them: over HTTP, and kept in the store.</summary>
public sealed class RolloutRouteTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly string _data = Directory.CreateTempSubdirectory("modelapi-data-").FullName;
    private ModelApiHost _host = null!;
    private HttpClient _client = null!;

    public RolloutRouteTests()
    {
        TrialHost.AddVersions(_models);
        Start();
    }

    public void Dispose()
    {
        _client.Dispose();
        _host.Dispose();
        Directory.Delete(_data, recursive: true);
        _models.Dispose();
    }

    [Fact]
    public async Task A_canary_that_answers_other_labels_is_withdrawn_by_itself_within_its_minimum_of_rows()
    {
        await StageAsync("1");
        await BeginAsync("""{"version":"3","mode":"canary","percent":100,"maxLabelDifference":0.1,"minimumRows":40}""");
        Assert.Equal("3", await AskAsync());

        // It answers nobody any more from its verdict on, and is gone once that is written down.
        await AskUntilAsync(async () => await AskAsync() == "1", row: null);
        await AskUntilAsync(async () => (await _client.GetAsync("/models/bank/rollout")).StatusCode == HttpStatusCode.NotFound, row: null);

        var ended = await LastChangeAsync();
        var detail = ended.GetProperty("detail");
        Assert.Equal(("withdraw", "3", "rollout"), (Text(ended, "action"), Text(ended, "version"), Text(ended, "user")));
        Assert.Contains("more than maxLabelDifference 0.1 allows", Text(detail, "reason"), StringComparison.Ordinal);
        Assert.InRange(detail.GetProperty("comparison").GetProperty("rows").GetInt32(), 5, 40);
        await (await _client.GetAsync("/models/bank/rollout")).ReadProblemAsync(404, "not-found");
        Assert.Equal("1", Text(await (await _client.GetAsync("/models/bank")).ReadJsonAsync(), "production"));
    }

    [Theory]
    [InlineData("""{"version":"2","mode":"shadow","maxLabelDifference":0,"maxErrorRate":0,"minimumRows":20,"promoteAfter":30}""")]
    [InlineData("""{"version":"2","mode":"canary","percent":100,"maxErrorRate":0,"minimumRows":20,"promoteAfter":"00:00:01"}""")]
    public async Task An_equal_version_is_promoted_by_itself_when_the_limits_held(string json)
    {
        await StageAsync("1");
        await BeginAsync(json);

        await AskUntilProductionAsync("2");

        var ended = await LastChangeAsync();
        Assert.Equal(("promote", "2", "1", "rollout"), (Text(ended, "action"), Text(ended, "version"), Text(ended, "before"), Text(ended, "user")));
        Assert.StartsWith("The limits held over ", Text(ended.GetProperty("detail"), "reason"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/models/bank/rollout")).StatusCode);
    }

    [Fact]
    public async Task A_version_that_breaks_clients_is_not_promoted_by_itself_unless_that_was_allowed()
    {
        const string Settings = """{"version":"4","mode":"shadow","maxErrorRate":0,"minimumRows":5,"promoteAfter":5}""";
        await StageAsync("1");
        var begun = await BeginAsync(Settings);
        Assert.True(begun.GetProperty("difference").GetProperty("breaking").GetBoolean());

        await AskUntilAsync(() => LastActionAsync("withdraw"), WithHeight);
        Assert.Contains("cannot be promoted", Text((await LastChangeAsync()).GetProperty("detail"), "reason"), StringComparison.Ordinal);

        await BeginAsync(Settings, "?force=true");
        await AskUntilAsync(() => LastActionAsync("promote"), WithHeight);
    }

    [Fact]
    public async Task A_rollout_survives_a_restart_with_what_it_has_seen()
    {
        await StageAsync("1");
        await BeginAsync("""{"version":"3","mode":"shadow"}""");
        for (var row = 0; row < 30; row++)
        {
            Assert.Equal("1", await AskAsync());
        }

        var before = await SeenAsync(30);
        _client.Dispose();
        _host.Dispose();
        Start();

        var after = await SeenAsync(30);
        Assert.Equal(before.GetRawText(), after.GetRawText());
        Assert.Equal("1", await AskAsync());
        Assert.Equal(31, (await SeenAsync(31)).GetProperty("comparison").GetProperty("labels").GetProperty("differing").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_rollout_is_shown_with_its_settings_and_both_versions_side_by_side()
    {
        await StageAsync("1");
        await BeginAsync("""{"version":"2","mode":"canary","percent":100,"key":"caller","maxErrorRate":0.5,"promoteAfter":"48:00:00"}""");
        for (var row = 0; row < 10; row++)
        {
            Assert.Equal("2", await AskAsync());
        }

        var shown = await SeenAsync(10);
        Assert.Equal(("bank", "1", "2", "canary", "caller"), (Text(shown, "model"), Text(shown, "production"), Text(shown, "version"), Text(shown, "mode"), Text(shown, "key")));
        Assert.Equal((100, true), (shown.GetProperty("percent").GetDouble(), shown.GetProperty("isCompared").GetBoolean()));
        Assert.Equal("2.00:00:00", Text(shown.GetProperty("limits"), "promoteAfter"));
        var comparison = shown.GetProperty("comparison");
        Assert.Equal(10, comparison.GetProperty("labels").GetProperty("confusion").GetProperty("no").GetProperty("no").GetInt32());

        // SciPy 1.10.1: binomtest(0, 10).proportion_ci(0.95, 'wilson')
        Assert.Equal(0.27753279986288926, comparison.GetProperty("labels").GetProperty("differing").GetProperty("high").GetDouble(), 12);
        Assert.Equal(0, comparison.GetProperty("scoreDifference").GetProperty("quantiles").GetProperty("0.99").GetDouble());
        Assert.Equal(10, comparison.GetProperty("latency").GetProperty("calls").GetInt32());
    }

    [Fact]
    public async Task The_same_rollout_again_changes_nothing_and_its_end_is_told_once()
    {
        await StageAsync("1");
        Assert.True((await BeginAsync("""{"version":"2","mode":"shadow"}""")).GetProperty("changed").GetBoolean());
        Assert.False((await BeginAsync("""{"mode":"shadow","version":"2"}""")).GetProperty("changed").GetBoolean());
        Assert.True((await BeginAsync("""{"version":"2","mode":"shadow","sample":0.5}""")).GetProperty("changed").GetBoolean());

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, "")).StatusCode);
        await (await SendAsync(HttpMethod.Delete, "")).ReadProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Callers_stay_with_the_canary_when_its_share_grows()
    {
        const string Settings = """{"version":"3","mode":"canary","percent":NN,"key":"feature:balance"}""";
        await StageAsync("1");
        var answered = new List<List<int>>();
        foreach (var percent in new[] { "20", "60" })
        {
            await BeginAsync(Settings.Replace("NN", percent, StringComparison.Ordinal));
            var byCanary = new List<int>();
            for (var balance = 0; balance < 60; balance++)
            {
                var row = Requests.Row();
                row["balance"] = balance;
                if (await AskAsync(row.ToJsonString()) == "3")
                {
                    byCanary.Add(balance);
                }
            }

            answered.Add(byCanary);
        }

        Assert.NotEmpty(answered[0]);
        Assert.True(answered[0].Count < answered[1].Count);
        Assert.Empty(answered[0].Except(answered[1]));
    }

    [Fact]
    public async Task A_change_that_somebody_else_has_overtaken_is_412()
    {
        await StageAsync("1");
        await BeginAsync("""{"version":"2","mode":"shadow"}""");

        using var request = new HttpRequestMessage(HttpMethod.Delete, "/models/bank/rollout");
        request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"1\""));
        await (await _client.SendAsync(request)).ReadProblemAsync(412, "precondition-failed");
    }

    [Theory]
    [InlineData("""{"version":"9","mode":"shadow"}""", 404, "unknown-version")]
    [InlineData("""{"version":"1","mode":"shadow"}""", 409, "conflict")]
    [InlineData("""{"version":"2","mode":"shadow","mode":"canary"}""", 400, "malformed-json")]
    [InlineData("{", 400, "malformed-json")]
    [InlineData("[]", 422, "invalid-body")]
    [InlineData("""{"version":"2","mode":"canary","percent":5,"key":"feature:colour"}""", 422, "invalid-body")]
    public async Task A_rollout_that_cannot_be_says_why(string json, int status, string type)
    {
        await StageAsync("1");

        await (await SendAsync(HttpMethod.Put, json)).ReadProblemAsync(status, type);
    }

    [Fact]
    public async Task All_faults_of_the_settings_are_told_at_once()
    {
        var problem = await (await SendAsync(HttpMethod.Put, """{"mode":"canary","key":"cookie","minimumRows":0}""")).ReadProblemAsync(422, "invalid-body");

        Assert.Equal(["/key", "/minimumRows", "/percent", "/version"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    private static string WithHeight()
    {
        var row = Requests.Row();
        row["height"] = 1.8;
        return row.ToJsonString();
    }

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;

    private void Start()
    {
        _host = ModelApiHost.With(("Models:Root", _models.Root), ("Storage:Folder", _data), ("Models:Batching:Mode", "Off"));
        _client = _host.Client();
    }

    private async Task StageAsync(string version)
    {
        var response = await _client.PostAsync(
            new Uri($"/models/bank/versions/{version}/stage?force=true", UriKind.Relative), Requests.Json("""{"stage":"Production"}"""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<JsonElement> BeginAsync(string json, string query = "")
    {
        var response = await SendAsync(HttpMethod.Put, json, query);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.ReadJsonAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string json, string query = "")
    {
        using var request = new HttpRequestMessage(method, $"/models/bank/rollout{query}") { Content = Requests.Json(json) };
        return await _client.SendAsync(request);
    }

    private async Task<string> AskAsync(string? row = null) =>
        Text(await (await _client.PredictAsync(row ?? TrialHost.Row, "/models/bank/predict")).ReadJsonAsync(), "version");

    private Task AskUntilProductionAsync(string version) => AskUntilAsync(
        async () =>
        {
            await AskAsync();
            return Text(await (await _client.GetAsync("/models/bank")).ReadJsonAsync(), "production") == version;
        },
        row: null);

    private async Task AskUntilAsync(Func<Task<bool>> isDone, Func<string>? row)
    {
        for (var patience = 0; !await isDone(); patience++)
        {
            Assert.True(patience < 1000, "It did not come to that.");
            if (row is not null)
            {
                await _client.PredictAsync(row(), "/models/bank/predict");
            }

            await Task.Delay(10);
        }
    }

    private async Task<bool> LastActionAsync(string action) => Text(await LastChangeAsync(), "action") == action;

    private async Task<JsonElement> LastChangeAsync() =>
        (await (await _client.GetAsync("/models/bank/history")).ReadJsonAsync()).GetProperty("entries")[0];

    private async Task<JsonElement> SeenAsync(int rows)
    {
        for (var patience = 0; ; patience++)
        {
            var shown = await (await _client.GetAsync("/models/bank/rollout")).ReadJsonAsync();
            if (shown.GetProperty("comparison").GetProperty("rows").GetInt32() >= rows)
            {
                return shown;
            }

            Assert.True(patience < 1000, shown.GetRawText());
            await Task.Delay(10);
        }
    }
}
