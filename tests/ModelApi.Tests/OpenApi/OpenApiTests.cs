using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class OpenApiTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
    // Half of the size that the document of the five models had when nothing in it was shared.
    private const int MaxBytes = 405_297 / 2;

    private static readonly string[] GeneralOperations =
    [
        "get /", "get /health/live", "get /health/ready", "get /health/startup",
        "get /models", "get /models/{name}", "get /models/{name}/versions/{version}",
        "get /models/{name}/versions/{version}/diff/{other}", "post /predict", "post /predict/batch",
        "post /models/{name}/versions/{version}/stage", "post /models/{name}/rollback", "get /models/{name}/history",
        "put /models/{name}/aliases/{alias}", "delete /models/{name}/aliases/{alias}",
        "put /models/{name}/rollout", "get /models/{name}/rollout", "delete /models/{name}/rollout",
        "post /models/{name}/disable", "post /models/{name}/enable",
        "post /models/{name}/versions/{version}/disable", "post /models/{name}/versions/{version}/enable",
        "delete /models/{name}/versions/{version}", "delete /models/{name}",
        "put /models/{name}/versions/{version}", "get /models/{name}/versions/{version}/bundle",
    ];

    private static readonly string[] Parts = ["signature", "example", "performance", "args", "args/{arg}", "code"];

    [Fact]
    public async Task The_prediction_route_is_typed_by_the_signature()
    {
        var document = await Document.ReadAsync(api);

        var features = document.Resolve(document.Body(document.Operation("/predict")).GetProperty("schema"));

        Assert.Equal(document.Schema("BankFeatures").GetRawText(), features.GetRawText());
        var names = Requests.Row().Select(member => member.Key);
        var properties = features.GetProperty("properties");
        Assert.Equal(names, properties.EnumerateObject().Select(member => member.Name));
        Assert.Equal(names, Texts(features.GetProperty("required")));
        var age = properties.GetProperty("age");
        Assert.Equal(
            ("integer", 18, 95),
            (age.GetProperty("type").GetString(), age.GetProperty("minimum").GetInt32(), age.GetProperty("maximum").GetInt32()));
        Assert.Equal(["divorced", "married", "single"], Texts(properties.GetProperty("marital").GetProperty("enum")));
    }

    [Fact]
    public async Task One_row_and_several_rows_are_two_operations_with_one_answer_type_each()
    {
        var document = await Document.ReadAsync(api);

        var one = document.Resolve(document.Answer(document.Operation("/models/bank/predict")).GetProperty("schema"));
        var several = document.Resolve(document.Answer(document.Operation("/models/bank/predict/batch")).GetProperty("schema"));

        Assert.Contains("prediction", Texts(one.GetProperty("required")));
        var item = document.Resolve(several.GetProperty("properties").GetProperty("predictions").GetProperty("items"));
        Assert.Contains("prediction", Texts(item.GetProperty("required")));
        Assert.Contains("predictions", Texts(several.GetProperty("required")));
    }

    [Fact]
    public async Task Every_operation_says_whether_it_needs_a_key()
    {
        var document = await Document.ReadAsync(api);

        var open = document.Operations.Where(operation => !operation.Operation.TryGetProperty("security", out _)).ToList();

        Assert.Equal(["/", "/health/live", "/health/ready", "/health/startup"], open.Select(operation => operation.Path));
        Assert.All(
            document.Operations.Except(open), operation => Assert.Contains("unauthorized", document.Problems(operation.Operation).Keys));
        var schemes = document.Root.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal("bearer", schemes.GetProperty("bearer").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task Every_route_is_documented_and_nothing_else_is()
    {
        var document = await Document.ReadAsync(api);

        var documented = document.Operations.Select(operation => $"{operation.Method} {operation.Path}");

        var models = Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct().ToList();
        var versions = Repository.Bundles.Select(bundle => bundle.Replace("/", "/versions/", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            GeneralOperations
                .Concat(Parts.Select(part => $"get /{part}"))
                .Concat(models.SelectMany(model => Parts.Select(part => $"get /models/{model}/{part}")))
                .Concat(models.Concat(versions).Select(path => $"post /models/{path}/predict"))
                .Concat(models.Concat(versions).Select(path => $"post /models/{path}/predict/batch"))
                .Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_prediction_documents_its_deadline_and_when_to_come_back()
    {
        var document = await Document.ReadAsync(api);

        var predictions = document.Operations.Where(operation => operation.Path.Contains("/predict", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(predictions);
        Assert.All(predictions, prediction =>
        {
            var deadline = document.Parameters(prediction.Operation)
                .Single(parameter => parameter.GetProperty("name").GetString() == "Request-Timeout");
            Assert.Equal("header", deadline.GetProperty("in").GetString());
            Assert.Equal("number", deadline.GetProperty("schema").GetProperty("type").GetString());
            Assert.True(document.Response(prediction.Operation, "503").GetProperty("headers").TryGetProperty("Retry-After", out _));
            Assert.True(prediction.Operation.GetProperty("responses").TryGetProperty("504", out _));
        });
    }

    [Fact]
    public async Task Operations_are_grouped_by_model()
    {
        var document = await Document.ReadAsync(api);

        var tags = document.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToList();
        var wine = document.Operations.Where(operation => operation.Path.StartsWith("/models/wine-quality/", StringComparison.Ordinal));

        var models = Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["Default model", .. models, "Models", "Health", "Deployments"], tags);
        Assert.All(wine, operation => Assert.Equal(["wine-quality"], Texts(operation.Operation.GetProperty("tags"))));
    }

    [Fact]
    public async Task Nullable_features_and_integer_classes_are_typed()
    {
        var document = await Document.ReadAsync(api);

        var wine = document.Schema("WineQualityFeatures");
        Assert.Equal(["null", "number"], Texts(wine.GetProperty("properties").GetProperty("alcohol").GetProperty("type")));
        Assert.Equal(["type"], Texts(wine.GetProperty("required")));
        var quality = document.Schema("WineQualityPrediction").GetProperty("properties").GetProperty("prediction");
        Assert.Equal("integer", quality.GetProperty("type").GetString());
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], quality.GetProperty("enum").EnumerateArray().Select(label => label.GetInt32()));
        var text = document.Schema("ProjectTagsFeatures").GetProperty("properties").GetProperty("text");
        Assert.Equal(1, text.GetProperty("minLength").GetInt32());
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

        var document = await Document.ReadAsync(host);

        double Maximum(string path) => document.Resolve(document.Body(document.Operation(path)).GetProperty("schema"))
            .GetProperty("properties").GetProperty("age").GetProperty("maximum").GetDouble();
        Assert.Equal((80, 80), (Maximum("/predict"), Maximum("/models/bank/predict")));
        Assert.Equal((95, 80), (Maximum("/models/bank/versions/1/predict"), Maximum("/models/bank/versions/2/predict")));
        Assert.Equal(95, Maximum("/models/bank-v1/predict"));
        Assert.DoesNotContain(document.Paths, path => path.Contains("/3/", StringComparison.Ordinal));
        Assert.DoesNotContain(document.Paths, path => path.Contains("broken", StringComparison.Ordinal));
        var ids = document.Operations.Select(operation => operation.Operation.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Contains("PredictAB_2", ids);
    }

    [Fact]
    public async Task What_a_version_has_in_common_with_its_model_is_written_once()
    {
        var response = await api.AnonymousClient().GetAsync("/openapi/v1.json");
        var document = new Document(await response.ReadJsonAsync());

        Assert.Equal(
            document.Operation("/models/bank/predict").GetProperty("requestBody").GetRawText(),
            document.Operation("/models/bank/versions/1/predict").GetProperty("requestBody").GetRawText());
        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 1, MaxBytes);
    }

    [Fact]
    public async Task Answers_are_documented_in_their_envelope_where_they_come_in_one()
    {
        using var host = ModelApiHost.With(("Api:Envelope", "true"));

        var document = await Document.ReadAsync(host);

        foreach (var status in new[] { "200", "401", "422" })
        {
            var schema = document.Answer(document.Operation("/predict"), status).GetProperty("schema");
            Assert.Equal(["message", "method", "status-code", "timestamp", "url", "data"], Texts(schema.GetProperty("required")));
        }
    }

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(text => text.GetString());
}
