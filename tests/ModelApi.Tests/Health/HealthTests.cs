using System.Net;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Tests.Fixtures;
using ModelApi.Tests.Telemetry;

namespace ModelApi.Tests.Health;

public sealed class HealthTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Fact]
    public async Task The_root_says_that_the_server_is_alive()
    {
        var answer = await (await api.AnonymousClient().GetAsync(new Uri("/", UriKind.Relative))).ReadJsonAsync();

        Assert.Equal("Model API is alive!", answer.GetProperty("message").GetString());
        Assert.Equal(("ModelApi", "/docs"), (answer.GetProperty("name").GetString(), answer.GetProperty("docs").GetString()));
        Assert.True(answer.GetProperty("uptimeSeconds").GetDouble() > 0);
        Assert.Matches(@"^\d+\.\d+\.\d+", answer.GetProperty("version").GetString());
    }

    [Fact]
    public async Task The_uptime_does_not_follow_a_clock_that_jumps_back()
    {
        using var host = api.WithWebHostBuilder(builder => builder.ConfigureTestServices(
            services => services.AddSingleton<TimeProvider>(new FixedTime(DateTimeOffset.UnixEpoch))));

        var answer = await (await host.CreateClient().GetAsync(new Uri("/", UriKind.Relative))).ReadJsonAsync();

        Assert.True(answer.GetProperty("uptimeSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task A_browser_gets_a_page_that_leads_to_the_documentation()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

        var response = await api.AnonymousClient().SendAsync(request);

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("href=\"docs\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/health/startup")]
    [InlineData("/")]
    public async Task Health_is_open_and_200_once_the_models_are_ready(string path)
    {
        var client = api.AnonymousClient();

        var get = await client.GetAsync(new Uri(path, UriKind.Relative));
        var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (get.StatusCode, head.StatusCode));
    }

    [Fact]
    public async Task Without_a_model_the_server_is_alive_but_not_ready()
    {
        using var models = new TemporaryModels();
        using var host = ModelApiHost.With(("Models:Root", models.Root));
        var client = host.Client();

        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var prediction = await client.PredictAsync(Requests.Row().ToJsonString());

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health/startup", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("There is no model.", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await prediction.ReadProblemAsync(503, "not-ready");
        Assert.NotNull(prediction.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_default_model_that_failed_makes_the_server_not_ready_and_names_it_without_its_faults()
    {
        using var models = new TemporaryModels();
        File.Delete(models.AddBank().PathOf("encoder.onnx"));
        models.AddBank("other");
        using var host = ModelApiHost.With(("Models:Root", models.Root));

        var ready = await host.AnonymousClient().GetAsync(new Uri("/health/ready", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var text = await ready.Content.ReadAsStringAsync();
        Assert.Contains("The default model 'bank' has no version that is ready.", text, StringComparison.Ordinal);
        Assert.Contains("\"notReady\":{\"bank 1\":\"failed\"}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("encoder", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_shown_to_callers_with_a_key_and_anonymous_ones_get_a_short_answer_whatever_the_bundles()
    {
        using var models = new TemporaryModels();
        models.AddBank();
        for (var version = 2; version < 50; version++)
        {
            Directory.CreateDirectory(Path.Combine(models.Root, new string('n', 200), $"{version}"));
        }

        models.AddBank("other").EditManifest(manifest =>
        {
            foreach (var name in Enumerable.Range(0, 5000))
            {
                manifest[$"secret{name}"] = 1;
            }
        });
        using var host = ModelApiHost.With(("Models:Root", models.Root));

        var ready = await host.AnonymousClient().GetStringAsync(new Uri("/health/ready", UriKind.Relative));
        var shown = await (await host.Client().GetAsync(new Uri("/models/other/versions/1", UriKind.Relative))).ReadJsonAsync();

        Assert.InRange(ready.Length, 1, 10_000);
        Assert.DoesNotContain(models.Root, ready, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", ready, StringComparison.Ordinal);
        Assert.Contains("\"failed\":49", ready, StringComparison.Ordinal);
        Assert.Equal(20, shown.GetProperty("faults").GetArrayLength());
        Assert.Contains("secret", shown.GetProperty("faults")[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(5000, shown.GetProperty("faultCount").GetInt32());
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_not_named_to_anonymous_callers()
    {
        using var models = new TemporaryModels();
        var missing = Path.Combine(models.Root, "missing");
        using var host = ModelApiHost.With(("Models:Root", missing));

        var ready = await host.AnonymousClient().GetAsync(new Uri("/health/ready", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.DoesNotContain("missing", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_default_model_that_does_not_exist_makes_the_server_not_ready_and_suggests_another()
    {
        using var host = ModelApiHost.With(("Models:Default", "bnak"));
        var client = host.Client();

        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var prediction = await client.PredictAsync(Requests.Row().ToJsonString());

        const string Reason = "The default model 'bnak' (Models:Default) does not exist; did you mean 'bank'?";
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var checks = (await ready.ReadJsonAsync()).GetProperty("checks").EnumerateArray();
        Assert.Contains(checks, check => check.GetProperty("description").GetString() == Reason);
        Assert.Equal(Reason, (await prediction.ReadProblemAsync(503, "not-ready")).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Another_model_that_failed_leaves_the_server_ready()
    {
        using var models = new TemporaryModels();
        models.AddBank();
        File.Delete(models.AddBank("other").PathOf("encoder.onnx"));
        using var host = ModelApiHost.With(("Models:Root", models.Root));
        var client = host.Client();

        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal("Degraded", (await ready.ReadJsonAsync()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync(Requests.Row().ToJsonString())).StatusCode);
    }
}
