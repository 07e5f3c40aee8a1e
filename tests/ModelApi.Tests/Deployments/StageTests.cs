using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Deployments;

public sealed class StageTests : IDisposable
{
    private const string Production = """{"stage":"Production"}""";

    private readonly StoreHost _host = new("1", "2", "3");

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_promotion_swaps_and_rollbacks_go_back_along_the_history_also_after_a_restart()
    {
        Assert.Equal("3", await _host.AnsweredByAsync());

        var change = await PromoteAsync("1");
        Assert.Equal("promote", change.GetProperty("action").GetString());
        Assert.Equal("3", change.GetProperty("before").GetString());
        Assert.Equal("1", change.GetProperty("model").GetProperty("production").GetString());
        Assert.Equal("1", await _host.AnsweredByAsync());
        await PromoteAsync("2");

        _host.Restart();
        Assert.Equal("2", await _host.AnsweredByAsync());
        Assert.Equal(["Archived", "Production", "Archived"], await StagesAsync());

        await _host.OkAsync(HttpMethod.Post, "/models/bank/rollback");
        Assert.Equal("1", await _host.AnsweredByAsync());
        await _host.OkAsync(HttpMethod.Post, "/models/bank/rollback");
        Assert.Equal("3", await _host.AnsweredByAsync());

        var (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/rollback");
        Assert.Equal(409, status);
        Assert.Equal("urn:problem-type:modelapi:conflict", problem.GetProperty("type").GetString());
        Assert.Equal("3", await _host.AnsweredByAsync());

        var history = await _host.OkAsync(HttpMethod.Get, "/models/bank/history");
        Assert.Equal(
            [("rollback", "3", "1"), ("rollback", "1", "2"), ("promote", "2", "1"), ("promote", "1", "3")],
            history.GetProperty("entries").EnumerateArray().Select(entry => (
                entry.GetProperty("action").GetString()!, entry.GetProperty("version").GetString()!,
                entry.GetProperty("before").GetString()!)));
        Assert.All(history.GetProperty("entries").EnumerateArray(), entry => Assert.Equal("pedro1", entry.GetProperty("user").GetString()));
    }

    [Fact]
    public async Task A_promotion_that_would_break_clients_needs_force()
    {
        _host.Models.AddBank(version: "5").EditManifest(manifest => manifest["instancesKey"] = "customers");
        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/3/stage?force=true", Production);

        var (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/versions/5/stage", Production);
        Assert.Equal(409, status);
        Assert.Equal("urn:problem-type:modelapi:breaking-change", problem.GetProperty("type").GetString());
        Assert.Contains("$.instancesKey", problem.GetProperty("differences")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("3", await _host.AnsweredByAsync());

        var change = await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/5/stage?force=true", Production);
        Assert.True(change.GetProperty("difference").GetProperty("breaking").GetBoolean());
        Assert.Equal("5", await _host.AnsweredByAsync());
    }

    [Fact]
    public async Task Production_is_not_left_empty_by_mistake()
    {
        var (status, _) = await _host.SendAsync(HttpMethod.Post, "/models/bank/versions/3/stage", """{"stage":"Archived"}""");
        Assert.Equal(409, status);
        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/2/stage", """{"stage":"staging"}""");
        Assert.Equal("3", await _host.AnsweredByAsync());
        Assert.Equal(["None", "Staging", "Production"], await StagesAsync());

        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/3/stage?force=true", """{"stage":"Archived"}""");
        Assert.Equal("503", await _host.AnsweredByAsync());
        Assert.Equal("2", await _host.AnsweredByAsync("/models/bank/versions/2/predict"));
        await PromoteAsync("2");
        Assert.Equal("2", await _host.AnsweredByAsync());
    }

    [Fact]
    public async Task A_change_is_made_only_to_the_revision_that_its_caller_has_read()
    {
        await PromoteAsync("1");
        using var response = await _host.Client.GetAsync("/models/bank");
        var tag = response.Headers.ETag!.ToString();

        var (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/versions/2/stage", Production, ("If-Match", "\"0\""));
        Assert.Equal(412, status);
        Assert.Equal("urn:problem-type:modelapi:precondition-failed", problem.GetProperty("type").GetString());
        Assert.Equal("1", await _host.AnsweredByAsync());

        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/2/stage", Production, ("If-Match", tag));
        (status, _) = await _host.SendAsync(HttpMethod.Post, "/models/bank/versions/3/stage", Production, ("If-Match", tag));
        Assert.Equal(412, status);
        Assert.Equal("2", await _host.AnsweredByAsync());
        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/3/stage", Production, ("If-Match", "*"));
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_made_one_after_the_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => PromoteAsync($"{1 + (i % 3)}")));

        var history = (await _host.OkAsync(HttpMethod.Get, "/models/bank/history?limit=1000")).GetProperty("entries").EnumerateArray().ToList();
        for (var i = 0; i + 1 < history.Count; i++)
        {
            Assert.Equal(history[i + 1].GetProperty("version").GetString(), history[i].GetProperty("before").GetString());
        }

        Assert.Equal(history[0].GetProperty("version").GetString(), await _host.AnsweredByAsync());
    }

    [Fact]
    public async Task An_alias_calls_its_version_in_every_route()
    {
        await _host.OkAsync(HttpMethod.Put, "/models/bank/aliases/champion", """{"version":"1"}""");
        Assert.Equal("1", await _host.AnsweredByAsync("/models/bank@champion/predict"));
        Assert.Equal(200, (await _host.SendAsync(HttpMethod.Get, "/models/bank@champion/signature")).Status);
        Assert.Equal(409, (await _host.SendAsync(HttpMethod.Post, "/models/bank@champion/disable")).Status);
        await _host.OkAsync(HttpMethod.Put, "/models/bank/aliases/champion", """{"version":"2"}""");
        _host.Restart();
        Assert.Equal("2", await _host.AnsweredByAsync("/models/bank@champion/predict"));

        await _host.OkAsync(HttpMethod.Delete, "/models/bank/aliases/champion");
        Assert.Equal("404", await _host.AnsweredByAsync("/models/bank@champion/predict"));
        Assert.Equal(404, (await _host.SendAsync(HttpMethod.Delete, "/models/bank/aliases/champion")).Status);
        Assert.Equal(400, (await _host.SendAsync(HttpMethod.Put, "/models/bank/aliases/a@b", """{"version":"2"}""")).Status);
        Assert.Equal(404, (await _host.SendAsync(HttpMethod.Put, "/models/bank/aliases/new", """{"version":"9"}""")).Status);
    }

    [Fact]
    public async Task What_is_disabled_answers_503_until_it_is_enabled_also_after_a_restart()
    {
        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/1/disable");
        Assert.Equal("503", await _host.AnsweredByAsync("/models/bank/versions/1/predict"));
        Assert.Equal("3", await _host.AnsweredByAsync());
        await _host.OkAsync(HttpMethod.Post, "/models/bank/disable");
        _host.Restart();
        var (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/predict", Requests.Row().ToJsonString());
        Assert.Equal(503, status);
        Assert.Contains("/models/bank/enable", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await _host.OkAsync(HttpMethod.Post, "/models/bank/enable");
        await WaitForAsync("3");
        Assert.Equal("503", await _host.AnsweredByAsync("/models/bank/versions/1/predict"));
        await _host.OkAsync(HttpMethod.Post, "/models/bank/versions/1/enable");
        await WaitForAsync("1", "/models/bank/versions/1/predict");
    }

    [Fact]
    public async Task A_deleted_version_of_the_folder_stays_away_and_its_files_stay_there()
    {
        Assert.Equal(409, (await _host.SendAsync(HttpMethod.Delete, "/models/bank/versions/3")).Status);
        await PromoteAsync("1");
        await _host.OkAsync(HttpMethod.Delete, "/models/bank/versions/3");
        Assert.Equal("404", await _host.AnsweredByAsync("/models/bank/versions/3/predict"));
        _host.Restart();
        Assert.Equal("404", await _host.AnsweredByAsync("/models/bank/versions/3/predict"));
        Assert.True(File.Exists(Path.Combine(_host.Models.Root, "bank", "3", "model.json")));

        await _host.OkAsync(HttpMethod.Put, "/models/bank/aliases/champion", """{"version":"2"}""");
        Assert.Equal(409, (await _host.SendAsync(HttpMethod.Delete, "/models/bank/versions/2")).Status);
        await _host.OkAsync(HttpMethod.Delete, "/models/bank");
        Assert.Equal("404", await _host.AnsweredByAsync());
        _host.Restart();
        Assert.Equal("404", await _host.AnsweredByAsync());
    }

    [Fact]
    public async Task A_version_in_production_whose_folder_is_gone_says_so()
    {
        await PromoteAsync("2");
        _host.Restart();
        Directory.Delete(Path.Combine(_host.Models.Root, "bank", "2"), recursive: true);

        var (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/predict", Requests.Row().ToJsonString());
        for (var patience = 0; patience < 100 && !Detail().Contains("folder of models", StringComparison.Ordinal); patience++)
        {
            await Task.Delay(50);
            (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/predict", Requests.Row().ToJsonString());
        }

        Assert.Equal(503, status);
        Assert.Contains("Its folder is no longer in the folder of models.", Detail(), StringComparison.Ordinal);

        string Detail() => problem.GetProperty("detail").GetString()!;
    }

    [Fact]
    public async Task A_body_that_does_not_name_a_stage_is_refused()
    {
        foreach (var (body, expected) in new[]
        {
            ("", 400), ("{", 400), ("[]", 422), ("null", 422), ("{}", 422), ("""{"stage":"production","stage":"none"}""", 400),
            ("""{"stage":2}""", 422), ("""{"stage":"2"}""", 422), ("""{"stage":"live"}""", 422), ("""{"stag":"Production"}""", 422),
            ("""{"stage":"Production","also":1}""", 422), ("""{"stage":[[[[[[[[[[]]]]]]]]]]}""", 400),
        })
        {
            var (status, problem) = await _host.SendAsync(HttpMethod.Post, "/models/bank/versions/1/stage", body);
            Assert.True(expected == status, $"{body}: {status} {problem}");
            Assert.Equal(expected, problem.GetProperty("status").GetInt32());
        }

        Assert.Equal("3", await _host.AnsweredByAsync());
    }

    [Fact]
    public async Task Without_a_store_changes_say_why_and_predictions_go_on()
    {
        using var host = ModelApiHost.With(("Models:Root", _host.Models.Root));
        using var client = host.Client();
        using var response = await client.PostAsync("/models/bank/versions/1/stage", Requests.Json(Production));
        var problem = await response.ReadProblemAsync(503, "store-unavailable");
        Assert.Contains("Storage:Folder", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var answer = await client.PredictAsync(Requests.Row().ToJsonString());
        Assert.Equal(200, (int)answer.StatusCode);
    }

    private Task<JsonElement> PromoteAsync(string version) =>
        _host.OkAsync(HttpMethod.Post, $"/models/bank/versions/{version}/stage", Production);

    private async Task<string[]> StagesAsync() =>
    [
        .. (await _host.OkAsync(HttpMethod.Get, "/models/bank")).GetProperty("versions").EnumerateArray()
            .Select(version => version.GetProperty("stage").GetString()!),
    ];

    private async Task WaitForAsync(string version, string address = "/models/bank/predict")
    {
        for (var patience = 0; await _host.AnsweredByAsync(address) != version; patience++)
        {
            Assert.True(patience < 200, $"Version {version} does not answer.");
            await Task.Delay(50);
        }
    }
}
