using System.Text.Json;
using ModelApi.Tests.Fixtures;

namespace ModelApi.Tests.OpenApi;

/// <summary>The OpenAPI document that a host answers to a caller with a key; references are followed.</summary>
internal sealed class Document(JsonElement root)
{
    public static async Task<Document> ReadAsync(ModelApiHost host) =>
        new(await (await host.Client().GetAsync("/openapi/v1.json")).ReadJsonAsync());

    public JsonElement Root => root;

    public IEnumerable<string> Paths => root.GetProperty("paths").EnumerateObject().Select(path => path.Name);

    public IEnumerable<(string Path, string Method, JsonElement Operation)> Operations =>
        root.GetProperty("paths").EnumerateObject().SelectMany(path =>
            path.Value.EnumerateObject().Select(operation => (path.Name, operation.Name, operation.Value)));

    public JsonElement Schema(string name) => root.GetProperty("components").GetProperty("schemas").GetProperty(name);

    public JsonElement Operation(string path, string method = "post") => root.GetProperty("paths").GetProperty(path).GetProperty(method);

    public IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(Resolve) : [];

    public JsonElement Body(JsonElement operation) => Content(operation.GetProperty("requestBody"));

    public JsonElement Response(JsonElement operation, string status) => Resolve(operation.GetProperty("responses").GetProperty(status));

    public JsonElement Answer(JsonElement operation, string status = "200") =>
        Content(operation.GetProperty("responses").GetProperty(status));

    /// <summary>Every example of a problem, by its type.</summary>
    public Dictionary<string, JsonElement> Problems(JsonElement operation) => operation.GetProperty("responses").EnumerateObject()
        .Where(response => response.Name[0] is '4' or '5')
        .SelectMany(response => Examples(Content(response.Value)))
        .ToDictionary(example => example.GetProperty("type").GetString()!.Split(':')[^1]);

    public JsonElement Resolve(JsonElement element) => element.TryGetProperty("$ref", out var reference)
        ? Resolve(reference.GetString()!.Split('/').Skip(1).Aggregate(root, (at, name) => at.GetProperty(name)))
        : element;

    private static IEnumerable<JsonElement> Examples(JsonElement content) => content.TryGetProperty("example", out var example)
        ? [example]
        : content.GetProperty("examples").EnumerateObject().Select(named => named.Value.GetProperty("value"));

    private JsonElement Content(JsonElement message) => Resolve(message).GetProperty("content").EnumerateObject().Single().Value;
}
