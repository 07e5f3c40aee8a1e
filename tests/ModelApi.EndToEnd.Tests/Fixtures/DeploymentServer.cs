using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelApi.EndToEnd.Tests.Fixtures;

/// <summary>A server with a data folder of its own, and bundles beside it that can be deployed to it.</summary>
internal sealed class DeploymentServer : IAsyncDisposable
{
    // A canary takes all calls of a caller or none. Of so many, some are taken.
    private const int Callers = 200;

    private readonly TemporaryModels _served = new();
    private readonly TemporaryModels _bundles = new();
    private readonly string _data = Directory.CreateTempSubdirectory("modelapi-data-").FullName;
    private ServerProcess _process = null!;

    private DeploymentServer()
    {
    }

    public ServerProcess Process => _process;

    /// <summary>Bundles that the server does not have.</summary>
    public TemporaryModels Bundles => _bundles;

    /// <summary>The command line, in a folder of its own whose <c>models</c> are <see cref="Bundles"/>.</summary>
    public CommandLineTool Tool { get; private set; } = null!;

    /// <summary>Starts a server whose folder has version 1 of the bank model, or other models.</summary>
    public static async Task<DeploymentServer> StartAsync(Action<TemporaryModels>? add = null)
    {
        var server = new DeploymentServer();
        (add ?? (models => models.AddBank()))(server._served);
        server._process = await ServerProcess.StartAsync(
        [
            ("Models__Root", server._served.Root),
            ("Storage__Folder", server._data),
            .. Enumerable.Range(1, Callers).SelectMany(caller => new (string, string?)[]
            {
                ($"Identity__ApiKeys__{caller}__User", $"caller{caller}"),
                ($"Identity__ApiKeys__{caller}__Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(caller))))),
            }),
        ]);
        server.Tool = new CommandLineTool(server._process.Address, server._bundles.Root);
        return server;
    }

    /// <summary>Adds a bundle of the bank model whose classes are the other way round, so that each row gets the other label.</summary>
    public TemporaryBundle AddContrary(string version)
    {
        var bundle = _bundles.AddBank(version: version);
        bundle.EditManifest(manifest =>
        {
            // The graph's own labels are texts; without them, a label is the class of the largest probability.
            manifest["classes"] = new JsonArray("yes", "no");
            manifest["outputs"] = new JsonObject { ["probabilities"] = "probabilities" };
        });
        bundle.Write("golden.jsonl", string.Join('\n', File.ReadLines(bundle.PathOf("golden.jsonl")).Select(line =>
        {
            var row = JsonNode.Parse(line)!.AsObject();
            row["label"] = (string)row["label"]! == "no" ? "yes" : "no";
            var probabilities = row["probabilities"]!;
            (probabilities["no"], probabilities["yes"]) = (probabilities["yes"]!.DeepClone(), probabilities["no"]!.DeepClone());
            return row.ToJsonString();
        })));
        return bundle;
    }

    /// <summary>Calls a model with golden rows of a bundle, by one caller after the other, until the work is done.</summary>
    public async Task<T> WithTrafficAsync<T>(string model, string golden, Func<Task<T>> work)
    {
        var inputs = File.ReadLines(golden).Take(50).Select(line => JsonNode.Parse(line)!["input"]!.DeepClone());
        var rows = new JsonArray([.. inputs]).ToJsonString();
        using var stop = new CancellationTokenSource();
        var traffic = Task.Run(() => CallAsync(model, rows, stop.Token));
        var done = work();

        // Traffic that fails ends the test, rather than leaving it waiting for rows that never come.
        if (await Task.WhenAny(done, traffic) == traffic)
        {
            await traffic;
        }

        await stop.CancelAsync();
        await traffic;
        return await done;
    }

    /// <summary>The version that answers a model's calls without a version.</summary>
    public async Task<string?> ProductionAsync(string model)
    {
        using var client = _process.Client();
        return (string?)(await client.GetFromJsonAsync<JsonObject>(new Uri($"/models/{model}", UriKind.Relative)))!["production"];
    }

    private static string KeyOf(int caller) => $"key-{caller}";

    private async Task CallAsync(string model, string rows, CancellationToken stop)
    {
        using var client = _process.Client(key: null);
        for (var call = 0; !stop.IsCancellationRequested; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/models/{model}/predict/batch")
            {
                Content = new StringContent(rows, Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyOf((call % Callers) + 1));
            using var response = await client.SendAsync(request, CancellationToken.None);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(CancellationToken.None));
            await Task.Delay(5, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _served.Dispose();
        _bundles.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
