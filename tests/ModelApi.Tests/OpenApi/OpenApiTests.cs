using System.Net;
using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

public sealed class OpenApiTests(ModelApiHost api) : IClassFixture<ModelApiHost>
{
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

        var secured = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Route: $"{operation.Name} {path.Name}", IsSecured: operation.Value.TryGetProperty("security", out _))))
            .ToDictionary(operation => operation.Route, operation => operation.IsSecured);

        Assert.Equal(
            new Dictionary<string, bool>
            {
                ["get /"] = false,
                ["get /health/live"] = false,
                ["get /health/ready"] = false,
                ["get /health/startup"] = false,
                ["get /models"] = true,
                ["post /predict"] = true,
            },
            secured);
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task The_documentation_page_is_open()
    {
        var response = await api.AnonymousClient().GetAsync(new Uri("/docs", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("swagger-ui", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> DocumentAsync() =>
        await (await api.AnonymousClient().GetAsync(new Uri("/openapi/v1.json", UriKind.Relative))).ReadJsonAsync();
}
