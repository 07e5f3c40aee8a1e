using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Inference.Batches;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Inference.Scoring.OnnxRuntime;
using ModelApi.Inference.Scoring.Selection;
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
        Assert.Equal(
            "Version 1 of model 'slow' is being loaded.", (await version.ReadProblemAsync(503, "not-ready")).GetProperty("detail").GetString());
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
        Assert.Equal("Model 'bank' is being loaded.", (await prediction.ReadProblemAsync(503, "not-ready")).GetProperty("detail").GetString());
        Assert.Equal(
            HttpStatusCode.OK, (await client.PredictAsync(Requests.Row().ToJsonString(), "/models/fast/predict")).StatusCode);
        host.Open();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path) =>
        (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode;

    /// <summary>A host with a model that does not finish loading until the test lets it.</summary>
    private sealed class LoadingHost(string root, string held) : ModelApiHost
    {
        private readonly ManualResetEventSlim _isOpen = new();

        public void Open() => _isOpen.Set();

        public HttpClient CreateAuthorizedClient()
        {
            var client = CreateClient();
            client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
            return client;
        }

        public async Task WaitForAsync(Func<RegistrySnapshot, bool> condition)
        {
            var registry = Services.GetRequiredService<ModelRegistry>();
            for (var patience = 0; !condition(registry.Snapshot); patience++)
            {
                Assert.True(patience < 6000, "The models were not loaded.");
                await Task.Delay(10);
            }
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services => services.AddSingleton(
                new ModelRegistry(root, "bank", new VersionLoader(new BundleReader(), Select, new ReadLimits()))));
        }

        protected override void Dispose(bool disposing)
        {
            _isOpen.Set();
            base.Dispose(disposing);
        }

        private SelectedScorer Select(Bundle bundle)
        {
            if (bundle.Manifest.Name == held)
            {
                _isOpen.Wait();
            }

            return SelectedScorer.Create(new OnnxRuntimeScorer(bundle), bundle.Golden, "");
        }
    }
}
