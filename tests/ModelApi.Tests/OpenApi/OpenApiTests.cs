using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class OpenApiTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    private static readonly string[] GeneralOperations =
        ["get /", "get /health/live", "get /health/ready", "get /health/startup", "get /models", "get /models/{name}", "get /models/{name}/versions/{version}", "post /predict"];

    private static readonly string[] Parts = ["signature", "example", "performance", "args", "args/{arg}", "code"];

    [Fact]
    public async Task The_prediction_route_is_typed_by_the_signature()
    {
        var document = await DocumentAsync();

        var features = document.GetProperty("components").GetProperty("schemas").GetProperty("BankFeatures");
        Assert.Equal(Requests.Row().Select(member => member.Key), features.GetProperty("properties").EnumerateObject().Select(member => member.Name));
        Assert.Equal(Requests.Row().Select(member => member.Key), features.GetProperty("required").EnumerateArray().Select(name => name.GetString()!));
        var age = features.GetProperty("properties").GetProperty("age");
        Assert.Equal(("integer", 18, 95), (age.GetProperty("type").GetString(), age.GetProperty("minimum").GetInt32(), age.GetProperty("maximum").GetInt32()));
        Assert.Equal(
            ["divorced", "married", "single"],
            features.GetProperty("properties").GetProperty("marital").GetProperty("enum").EnumerateArray().Select(name => name.GetString()!));
    }

    [Fact]
    public async Task The_example_of_the_document_gets_a_prediction()
    {
        var document = await DocumentAsync();
        var example = document.GetProperty("paths").GetProperty("/predict").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");

        var response = await api.Client().PredictAsync(example.GetRawText());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False((await response.ReadJsonAsync()).TryGetProperty("warnings", out _));
    }

    [Fact]
    public async Task Every_operation_says_whether_it_needs_a_key()
    {
        var document = await DocumentAsync();

        var open = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(operation => !operation.Value.TryGetProperty("security", out _)).Select(operation => $"{operation.Name} {path.Name}"));

        Assert.Equal(["get /", "get /health/live", "get /health/ready", "get /health/startup"], open);
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task Every_route_is_documented_and_nothing_else_is()
    {
        var document = await DocumentAsync();

        var documented = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name}"));

        var models = Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct().ToList();
        Assert.Equal(
            GeneralOperations
                .Concat(Parts.Select(part => $"get /{part}"))
                .Concat(models.SelectMany(model => Parts.Select(part => $"get /models/{model}/{part}").Append($"post /models/{model}/predict")))
                .Concat(Repository.Bundles.Select(bundle => $"post /models/{bundle.Replace("/", "/versions/", StringComparison.Ordinal)}/predict"))
                .Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_example_gets_the_answer_that_is_shown()
    {
        var document = await DocumentAsync();
        var client = api.Client();

        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(path => !path.Name.Contains("{name}", StringComparison.Ordinal)))
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                using var request = new HttpRequestMessage(new HttpMethod(operation.Name), AddressOf(path.Name, operation.Value));
                if (operation.Value.TryGetProperty("requestBody", out var body))
                {
                    request.Content = Requests.Json(Content(body).GetProperty("example").GetRawText());
                }

                var response = await client.SendAsync(request);

                Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path.Name}: {response.StatusCode}");
                if (operation.Value.GetProperty("responses").GetProperty("200").TryGetProperty("content", out _)
                    && Content(operation.Value.GetProperty("responses").GetProperty("200")).TryGetProperty("example", out var shown))
                {
                    var answer = JsonNode.Parse((await response.Content.ReadAsStringAsync()).Replace("\"pedro1\"", "\"you\"", StringComparison.Ordinal));
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(shown.GetRawText()), answer), path.Name);
                }
            }
        }
    }

    [Fact]
    public async Task Every_prediction_documents_its_deadline_and_when_to_come_back()
    {
        var document = await DocumentAsync();

        var predictions = document.GetProperty("paths").EnumerateObject().Where(path => path.Name.EndsWith("/predict", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(predictions);
        Assert.All(predictions, path =>
        {
            var operation = path.Value.GetProperty("post");
            var deadline = operation.GetProperty("parameters").EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == "Request-Timeout");
            Assert.Equal(("header", "number"), (deadline.GetProperty("in").GetString(), deadline.GetProperty("schema").GetProperty("type").GetString()));
            Assert.True(operation.GetProperty("responses").GetProperty("503").GetProperty("headers").TryGetProperty("Retry-After", out _));
            Assert.True(operation.GetProperty("responses").TryGetProperty("504", out _));
        });
    }

    [Fact]
    public async Task Operations_are_grouped_by_model()
    {
        var document = await DocumentAsync();

        var tags = document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToList();
        var wine = document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith("/models/wine-quality/", StringComparison.Ordinal));

        Assert.Equal(["Default model", .. Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct(), "Models", "Health"], tags);
        Assert.All(wine.SelectMany(path => path.Value.EnumerateObject()), operation => Assert.Equal("wine-quality", Assert.Single(operation.Value.GetProperty("tags").EnumerateArray()).GetString()));
    }

    [Fact]
    public async Task Nullable_features_and_integer_classes_are_typed()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        var wine = schemas.GetProperty("WineQualityFeatures");
        Assert.Equal(["null", "number"], wine.GetProperty("properties").GetProperty("alcohol").GetProperty("type").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal(["type"], wine.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        var quality = schemas.GetProperty("WineQualityPrediction").GetProperty("properties").GetProperty("prediction");
        Assert.Equal("integer", quality.GetProperty("type").GetString());
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], quality.GetProperty("enum").EnumerateArray().Select(label => label.GetInt32()));
        Assert.Equal(1, schemas.GetProperty("ProjectTagsFeatures").GetProperty("properties").GetProperty("text").GetProperty("minLength").GetInt32());
    }

    [Fact]
    public async Task Each_version_has_the_schema_of_its_own_signature_and_names_never_clash()
    {
        using var models = new TemporaryModels();
        models.AddBank();
        models.AddBank(version: "2").EditManifest(manifest => manifest["features"]![0]!["maximum"] = 80);
        File.Delete(models.AddBank(version: "3").PathOf("model.onnx"));
        models.AddBank("bank-v1");
        models.AddBank("a-b");
        models.AddBank("a.b");
        File.Delete(models.AddBank("broken").PathOf("model.onnx"));
        using var host = ModelApiHost.With(("Models:Root", models.Root));

        var document = await DocumentAsync(host);

        double Maximum(string path) => Resolve(document, Content(document.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("requestBody")).GetProperty("schema").GetProperty("oneOf")[0])
            .GetProperty("properties").GetProperty("age").GetProperty("maximum").GetDouble();
        Assert.Equal((80, 80), (Maximum("/predict"), Maximum("/models/bank/predict")));
        Assert.Equal((95, 80), (Maximum("/models/bank/versions/1/predict"), Maximum("/models/bank/versions/2/predict")));
        Assert.Equal(95, Maximum("/models/bank-v1/predict"));
        Assert.DoesNotContain(document.GetProperty("paths").EnumerateObject(), path => path.Name.Contains("/3/", StringComparison.Ordinal) || path.Name.Contains("broken", StringComparison.Ordinal));
        var ids = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Contains("PredictAB_2", ids);
    }

    [Fact]
    public async Task Answers_are_documented_in_their_envelope_where_they_come_in_one()
    {
        using var host = ModelApiHost.With(("Api:Envelope", "true"));

        var responses = (await DocumentAsync(host)).GetProperty("paths").GetProperty("/predict").GetProperty("post").GetProperty("responses");

        foreach (var status in new[] { "200", "401", "422" })
        {
            var schema = Content(responses.GetProperty(status)).GetProperty("schema");
            Assert.Equal(["message", "method", "status-code", "timestamp", "url", "data"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        }
    }

    [Fact]
    public async Task The_documentation_page_is_open()
    {
        var response = await api.AnonymousClient().GetAsync(new Uri("/docs", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("swagger-ui", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<JsonElement> DocumentAsync() => DocumentAsync(api);

    private static async Task<JsonElement> DocumentAsync(ModelApiHost host) =>
        await (await host.AnonymousClient().GetAsync("/openapi/v1.json")).ReadJsonAsync();

    private static JsonElement Content(JsonElement message) =>
        message.GetProperty("content").EnumerateObject().First(content => content.Name.EndsWith("json", StringComparison.Ordinal) || content.Name == "text/plain").Value;

    private static JsonElement Resolve(JsonElement document, JsonElement reference) =>
        document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetProperty("$ref").GetString()!.Split('/')[^1]);

    // The address with the example of each parameter in its place.
    private static string AddressOf(string path, JsonElement operation)
    {
        var examples = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.TryGetProperty("example", out _))
                .Select(parameter => (Name: parameter.GetProperty("name").GetString()!, Place: parameter.GetProperty("in").GetString(), Value: parameter.GetProperty("example").GetString()))
                .ToList()
            : [];
        var filled = examples.Where(example => example.Place == "path")
            .Aggregate(path, (address, example) => address.Replace($"{{{example.Name}}}", example.Value, StringComparison.Ordinal));
        return $"{filled}?{string.Join('&', examples.Where(example => example.Place == "query").Select(example => $"{example.Name}={example.Value}"))}";
    }
}
