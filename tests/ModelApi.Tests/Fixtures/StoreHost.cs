using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelApi.Tests.Fixtures;

/// <summary>Hosts, one after the other, on one data folder and one folder of models with versions of the bank model.</summary>
internal sealed class StoreHost : IDisposable
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"modelapi-data-{Guid.NewGuid():n}");
    private readonly (string Name, string Value)[] _settings;
    private ModelApiHost? _host;
    private HttpClient? _client;

    public StoreHost(params string[] versions)
        : this([], versions)
    {
    }

    /// <param name="settings">Settings of the host, which may name another data folder.</param>
    /// <param name="versions">Versions of the bank model.</param>
    public StoreHost((string Name, string Value)[] settings, params string[] versions)
    {
        _settings = settings;
        foreach (var version in versions)
        {
            Models.AddBank(version: version);
        }
    }

    public TemporaryModels Models { get; } = new();

    public string Data => _data;

    public ModelApiHost Host => _host ??= ModelApiHost.With(
        [("Models:Root", Models.Root), ("Storage:Folder", _data), .. _settings]);

    public HttpClient Client => _client ??= Host.Client();

    /// <summary>Ends the server; the next use starts another.</summary>
    public void Restart()
    {
        _client?.Dispose();
        _host?.Dispose();
        (_client, _host) = (null, null);
    }

    public void Dispose()
    {
        Restart();
        Models.Dispose();
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    /// <summary>Sends a request, and gives the status and the body, which is JSON or empty.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(
        HttpMethod method, string address, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public async Task<JsonElement> OkAsync(HttpMethod method, string address, string? body = null, params (string Name, string Value)[] headers)
    {
        var (status, json) = await SendAsync(method, address, body, headers);
        Assert.True(status == 200, $"{method} {address}: {status} {json}");
        return json;
    }

    /// <summary>The version that answers at an address: its number, or the status where there is none.</summary>
    public async Task<string> AnsweredByAsync(string address = "/models/bank/predict")
    {
        using var response = await Client.PostAsync(address, Requests.Json(Requests.Row().ToJsonString()));
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetString()!
            : $"{(int)response.StatusCode}";
    }
}
