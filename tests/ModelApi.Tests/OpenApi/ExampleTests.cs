using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelApi.Inference.Registry;
using ModelApi.Predictions;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

/// <summary>The examples of the document are the answers of the server.</summary>
public sealed class ExampleTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    [Fact]
    public async Task Every_example_gets_the_answer_that_is_shown()
    {
        var document = await Document.ReadAsync(api);
        var client = api.Client();

        var operations = document.Operations.Where(operation => !operation.Path.Contains("{name}", StringComparison.Ordinal));
        foreach (var (path, method, operation) in operations)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), AddressOf(path, document.Parameters(operation)));
            if (operation.TryGetProperty("requestBody", out _))
            {
                request.Content = Requests.Json(document.Body(operation).GetProperty("example").GetRawText());
            }

            var response = await client.SendAsync(request);

            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {text}");
            if (document.Response(operation, "200").TryGetProperty("content", out _)
                && document.Answer(operation).TryGetProperty("example", out var shown))
            {
                var answer = JsonNode.Parse(text.Replace("\"pedro1\"", "\"you\"", StringComparison.Ordinal));
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(shown.GetRawText()), answer), path);
            }
        }
    }

    [Theory]
    [InlineData("/predict")]
    [InlineData("/models/wine-quality/predict")]
    [InlineData("/models/credit-risk/predict/batch")]
    [InlineData("/models/project-tags/versions/1/predict/batch")]
    public async Task Every_prediction_shows_an_answer(string path)
    {
        var document = await Document.ReadAsync(api);

        var answer = document.Answer(document.Operation(path)).GetProperty("example");

        var rows = answer.TryGetProperty("predictions", out var predictions) ? predictions.GetArrayLength() : 0;
        Assert.Equal(path.EndsWith("batch", StringComparison.Ordinal) ? 2 : 0, rows);
        Assert.False(answer.TryGetProperty("warnings", out _));
    }

    [Theory]
    [InlineData("/predict", "bank")]
    [InlineData("/predict/batch", "bank")]
    [InlineData("/models/wine-quality/predict", "wine-quality")]
    [InlineData("/models/project-tags/versions/1/predict", "project-tags")]
    [InlineData("/models/breast-cancer/versions/1/predict/batch", "breast-cancer")]
    public async Task Every_problem_of_a_prediction_is_shown_as_it_is_answered(string path, string model)
    {
        var document = await Document.ReadAsync(api);
        var shown = document.Problems(document.Operation(path));
        var row = api.Services.GetRequiredService<ModelRegistry>().Snapshot.Find(model)!.Production!.Manifest!.Signature;
        var isBatch = path.EndsWith("batch", StringComparison.Ordinal);
        var invalid = isBatch ? PredictionSamples.InvalidRows(row).ToJsonString() : PredictionSamples.InvalidRow(row).ToJsonString();

        await AssertShownAsync("unauthorized", path, "{}", authorized: false);
        await AssertShownAsync("malformed-json", path, PredictionSamples.MalformedBody);
        await AssertShownAsync("invalid-parameter", path + "?onInvalid=maybe", "{}");
        await AssertShownAsync("invalid-header", path, "{}", timeout: "soon");
        await AssertShownAsync("unsupported-media-type", path, "{}", contentType: "text/plain");
        await AssertShownAsync("too-large", path, new string(' ', 16 * 1024 * 1024 + 1));
        await AssertShownAsync("invalid-features", path, invalid);
        if (path.Contains("/models/", StringComparison.Ordinal))
        {
            await AssertShownAsync("unknown-model", path.Replace(model, Asked("unknown-model"), StringComparison.Ordinal), "{}");
        }

        if (path.Contains("/versions/", StringComparison.Ordinal))
        {
            await AssertShownAsync("unknown-version", path.Replace("/versions/1/", "/versions/2/", StringComparison.Ordinal), "{}");
        }

        Assert.Superset(new HashSet<string> { "not-ready", "overloaded", "timed-out" }, shown.Keys.ToHashSet());

        string Asked(string type) => shown[type].GetProperty("detail").GetString()!.Split('\'')[1];

        async Task AssertShownAsync(
            string type, string address, string body, bool authorized = true, string? timeout = null,
            string contentType = "application/json")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Requests.Json(body) };
            request.Content.Headers.ContentType = new(contentType);
            if (timeout is not null)
            {
                request.Headers.Add("Request-Timeout", timeout);
            }

            var response = await (authorized ? api.Client() : api.AnonymousClient()).SendAsync(request);

            AssertSame(shown[type], await response.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("/performance", "unknown-part", "/performance?filter={0}")]
    [InlineData("/models/credit-risk/args/{arg}", "unknown-part", "/models/credit-risk/args/{0}")]
    [InlineData("/models/wine-quality/code", "unknown-language", "/models/wine-quality/code?language={0}")]
    [InlineData("/models/bank/signature", "unknown-model", "/models/{0}/signature")]
    [InlineData("/models/{name}", "unknown-model", "/models/{0}")]
    [InlineData("/models/{name}/versions/{version}", "unknown-version", "/models/bank/versions/2")]
    public async Task Every_unknown_name_is_shown_as_it_is_answered(string path, string type, string address)
    {
        var document = await Document.ReadAsync(api);
        var shown = document.Problems(document.Operation(path, "get"))[type];
        var asked = shown.GetProperty("detail").GetString()!.Split('\'').Where((_, i) => i % 2 == 1).ToList();

        // "The performance.json of model 'bank', version 1, has no 'oevrall'": the name that was asked is the second one there.
        var response = await api.Client().GetAsync(string.Format(null, address, asked[type == "unknown-part" ? 1 : 0]));

        AssertSame(shown, await response.Content.ReadAsStringAsync());
    }

    private static void AssertSame(JsonElement shown, string answer)
    {
        var (expected, actual) = (JsonNode.Parse(shown.GetRawText())!.AsObject(), JsonNode.Parse(answer)!.AsObject());
        Assert.True(expected.Remove("traceId") && actual.Remove("traceId"));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{shown} is shown, {answer} was answered");
    }

    // The address with each parameter's example in its place.
    private static string AddressOf(string path, IEnumerable<JsonElement> parameters)
    {
        var examples = parameters.Where(parameter => parameter.TryGetProperty("example", out _))
            .Select(parameter => (
                Name: parameter.GetProperty("name").GetString()!,
                Place: parameter.GetProperty("in").GetString(),
                Value: parameter.GetProperty("example").GetString()))
            .ToList();
        var filled = examples.Where(example => example.Place == "path")
            .Aggregate(path, (address, example) => address.Replace($"{{{example.Name}}}", example.Value, StringComparison.Ordinal));
        var query = examples.Where(example => example.Place == "query").Select(example => $"{example.Name}={example.Value}");
        return $"{filled}?{string.Join('&', query)}";
    }
}
