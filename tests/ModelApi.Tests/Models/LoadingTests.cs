using System.Net;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.Models;

public sealed class LoadingTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task The_default_model_is_served_while_another_one_is_loading()
    {
        _models.AddBank();
        _models.AddBank("slow");
        using var host = new LoadingHost(_models.Root, held: "slow");
        var client = host.CreateAuthorizedClient();
        await host.WaitForAsync(snapshot => snapshot.Find("bank")?.Production is not null);

        var answer = await client.PredictAsync(Requests.Row().ToJsonString());
        var unknown = await client.PredictAsync(Requests.Row().ToJsonString(), "/models/nobody/predict");
        var slow = await client.PredictAsync(Requests.Row().ToJsonString(), "/models/slow/predict");
        var version = await client.PredictAsync(Requests.Row().ToJsonString(), "/models/slow/versions/1/predict");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await unknown.ReadProblemAsync(404, "unknown-model");
        Assert.Equal("Model 'slow' is being loaded.", (await slow.ReadProblemAsync(503, "not-ready")).GetProperty("detail").GetString());
        Assert.NotNull(slow.Headers.RetryAfter);
        var notReady = await version.ReadProblemAsync(503, "not-ready");
        Assert.Equal("Version 1 of model 'slow' is being loaded.", notReady.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/startup"));
        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal((1, 1, 0, "loading"), await DataAsync(ready, "slow 1"));
        var listed = await (await client.GetAsync(new Uri("/models", UriKind.Relative))).ReadJsonAsync();
        Assert.Equal(
            [("bank", "1", "ready"), ("slow", null, "loading")],
            listed.GetProperty("models").EnumerateArray().Select(model => (
                model.GetProperty("name").GetString(),
                model.GetProperty("production").GetString(),
                model.GetProperty("versions")[0].GetProperty("state").GetString())));

        host.Open();
        await host.WaitForAsync(snapshot => snapshot.IsLoaded);
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync(Requests.Row().ToJsonString(), "/models/slow/predict")).StatusCode);
        ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal((2, 0, 0, null), await DataAsync(ready, "slow 1"));
    }

    [Fact]
    public async Task The_server_is_not_ready_while_its_default_model_is_loading()
    {
        _models.AddBank();
        _models.AddBank("fast");
        using var host = new LoadingHost(_models.Root, held: "bank");
        var client = host.CreateAuthorizedClient();
        await host.WaitForAsync(snapshot => snapshot.Find("fast")?.Production is not null);

        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var prediction = await client.PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/health/startup"));
        Assert.Contains("The default model 'bank' is being loaded.", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var notReady = await prediction.ReadProblemAsync(503, "not-ready");
        Assert.Equal("Model 'bank' is being loaded.", notReady.GetProperty("detail").GetString());
        Assert.Equal(
            HttpStatusCode.OK, (await client.PredictAsync(Requests.Row().ToJsonString(), "/models/fast/predict")).StatusCode);
        host.Open();
        await host.WaitForAsync(snapshot => snapshot.Find("bank")?.Production is not null);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/startup"));
    }

    [Fact]
    public async Task A_default_model_that_failed_ends_the_start_although_another_one_is_loading()
    {
        File.Delete(_models.AddBank().PathOf("model.json"));
        _models.AddBank("slow");
        using var host = new LoadingHost(_models.Root, held: "slow");
        var client = host.CreateAuthorizedClient();

        await host.WaitForAsync(snapshot => snapshot.Find("bank") is { IsLoading: false });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/startup"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/health/ready"));
    }

    [Fact]
    public async Task Without_a_default_model_the_start_ends_with_the_first_model_that_can_be_called()
    {
        _models.AddBank("fast");
        _models.AddBank("slow");
        using var host = new LoadingHost(_models.Root, held: "slow", defaultModel: null);
        var client = host.CreateAuthorizedClient();

        await host.WaitForAsync(snapshot => snapshot.Find("fast")?.Production is not null);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/startup"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/ready"));
    }

    private static async Task<(int Ready, int Loading, int Failed, string? State)> DataAsync(HttpResponseMessage ready, string version)
    {
        var data = (await ready.ReadJsonAsync()).GetProperty("checks").EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == "models").GetProperty("data");
        return (
            data.GetProperty("ready").GetInt32(),
            data.GetProperty("loading").GetInt32(),
            data.GetProperty("failed").GetInt32(),
            data.GetProperty("notReady").TryGetProperty(version, out var state) ? state.GetString() : null);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path) =>
        (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode;
}
