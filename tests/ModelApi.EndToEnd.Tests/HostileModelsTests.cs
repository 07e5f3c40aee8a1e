using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>Bundles that would hang the server or take its memory, beside good ones.</summary>
public sealed class HostileModelsTests : IDisposable
{
    private const long GigaByte = 1L << 30;

    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [LinuxTheory]
    [InlineData("none")]
    [InlineData("process")]
    public async Task Good_models_are_served_beside_graphs_that_never_end_or_take_all_memory(string isolation)
    {
        _models.AddBank();
        _models.AddBank("other");
        _models.AddRegression("endless", HostileGraphs.Endless());
        _models.AddRegression("endless-too", HostileGraphs.Endless());
        _models.AddRegression("endless-as-well", HostileGraphs.Endless());
        _models.AddRegression("growing", HostileGraphs.Growing());
        _models.AddRegression("huge", HostileGraphs.Huge(4 * GigaByte));
        await using var server = await ServerProcess.StartAsync(
            ["--urls", "http://127.0.0.1:0"],
            waitForAll: false,
            ("Models__Root", _models.Root),
            ("Models__Isolation", isolation),
            ("Models__LoadTimeoutSeconds", "30"),
            ("Models__LoadMemoryMegabytes", "256"));
        using var client = server.Client();

        // The default model is served while the others are loading.
        var golden = Golden.Read(Repository.Bank)[0];
        using var row = new StringContent(golden.Input, Encoding.UTF8, "application/json");
        var early = await client.PostAsync(new Uri("/predict", UriKind.Relative), row);
        var during = await StatesAsync(client);
        Assert.True(early.StatusCode == HttpStatusCode.OK, server.Output);
        Assert.Contains("loading", during.Values);

        await server.WaitUntilLoadedAsync();

        var states = await StatesAsync(client);
        Assert.Equal(["bank", "other"], states.Where(state => state.Value == "ready").Select(state => state.Key).Order());
        Assert.Equal(5, states.Values.Count(state => state == "failed"));
        await AssertFaultAsync(client, "endless", "It was not loaded and proved within 30 s (Models:LoadTimeoutSeconds)");
        await AssertFaultAsync(client, "growing", "more memory than 256 MB");
        await AssertFaultAsync(client, "huge", "more memory than 256 MB");
        Assert.InRange(PeakOf(server.Id), 1, GigaByte);
        using var again = new StringContent(golden.Input, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync(new Uri("/models/other/predict", UriKind.Relative), again)).StatusCode);
    }

    [LinuxFact]
    public async Task Five_good_models_are_served_beside_all_malformed_bundles()
    {
        string[] good = ["bank", "good-2", "good-3", "good-4", "good-5"];
        foreach (var name in good)
        {
            _models.AddBank(name);
        }

        MalformedBundles.WriteAll(_models.Root);
        await using var server = await ServerProcess.StartAsync(
            ["--urls", "http://127.0.0.1:0"], waitForAll: false, ("Models__Root", _models.Root));
        using var client = server.Client();
        var answered = 0;
        var loading = server.WaitUntilLoadedAsync();
        var golden = Golden.Read(Repository.Bank)[0];
        do
        {
            using var row = new StringContent(golden.Input, Encoding.UTF8, "application/json");
            using var answer = JsonDocument.Parse(
                await (await client.PostAsync(new Uri("/predict", UriKind.Relative), row)).Content.ReadAsStringAsync());
            Assert.Equal(golden.Label, answer.RootElement.GetProperty("prediction").GetString());
            answered++;
        }
        while (!loading.IsCompleted);
        await loading;

        var states = await StatesAsync(client);
        Assert.Equal(good, states.Where(state => state.Value == "ready").Select(state => state.Key).Order());
        Assert.Equal(good.Length + MalformedBundles.All.Count, states.Count);
        Assert.Equal(MalformedBundles.All.Count, states.Values.Count(state => state == "failed"));
        Assert.InRange(PeakOf(server.Id), 1, GigaByte);
        Assert.InRange(answered, 2, int.MaxValue);
        var ready = await client.GetStringAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.InRange(ready.Length, 1, 10_000);
        Assert.DoesNotContain(_models.Root, ready, StringComparison.Ordinal);
        Assert.InRange(server.Output.Length, 1, 1_000_000);
    }

    private static async Task<Dictionary<string, string>> StatesAsync(HttpClient client)
    {
        using var list = JsonDocument.Parse(await client.GetStringAsync(new Uri("/models", UriKind.Relative)));
        return list.RootElement.GetProperty("models").EnumerateArray().ToDictionary(
            model => model.GetProperty("name").GetString()!,
            model => model.GetProperty("versions")[0].GetProperty("state").GetString()!);
    }

    private static async Task AssertFaultAsync(HttpClient client, string model, string expected)
    {
        using var version = JsonDocument.Parse(await client.GetStringAsync(new Uri($"/models/{model}/versions/1", UriKind.Relative)));
        var message = version.RootElement.GetProperty("faults")[0].GetProperty("message").GetString();
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    // Bytes of the process in physical memory, at most until now.
    private static long PeakOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
