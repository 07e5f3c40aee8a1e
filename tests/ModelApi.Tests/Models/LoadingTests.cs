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
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/ready"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/health/startup"));
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
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/health/startup"));
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
        Assert.Contains("The default model 'bank' is being loaded.", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var notReady = await prediction.ReadProblemAsync(503, "not-ready");
        Assert.Equal("Model 'bank' is being loaded.", notReady.GetProperty("detail").GetString());
        Assert.Equal(
            HttpStatusCode.OK, (await client.PredictAsync(Requests.Row().ToJsonString(), "/models/fast/predict")).StatusCode);
        host.Open();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path) =>
        (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode;
}
