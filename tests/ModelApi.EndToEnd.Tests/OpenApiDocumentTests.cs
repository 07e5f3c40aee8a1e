using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

public sealed class OpenApiDocumentTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-openapi-").FullName;
    private ServerProcess _server = null!;
    private string _document = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync();
        _document = Path.Combine(_folder, "v1.json");
        await File.WriteAllTextAsync(_document, await _server.Client(key: null).GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Spectral_finds_neither_errors_nor_warnings()
    {
        var (exitCode, output) = await Tool.RunAsync(
            "node", "node_modules/@stoplight/spectral-cli/dist/index.js", "lint", _document, "--ruleset", ".spectral.yaml", "--fail-severity", "hint");

        Assert.True(exitCode == 0, output);
        Assert.Contains("No results with a severity of 'hint' or higher found!", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_and_answers_pass_the_schemas_of_the_document()
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(_document))!;
        var content = document["paths"]!["/predict"]!["post"]!["requestBody"]!["content"]!["application/json"]!;
        var example = content["example"]!.ToJsonString();
        var answers = new List<string>();
        foreach (var body in new[] { example, $"[{example},{example}]" })
        {
            using var request = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await _server.Client().PostAsync(new Uri("/predict", UriKind.Relative), request);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        var requests = await ValidateAsync(document, "/paths/~1predict/post/requestBody/content/application~1json/schema",
            [example, $"[{example},{example}]", $$"""{"instances":[{{example}}]}""", "{}", "[]", example.Replace("41", "\"41\"", StringComparison.Ordinal)]);
        var responses = await ValidateAsync(document, "/paths/~1predict/post/responses/200/content/application~1json/schema", [.. answers, "{}"]);

        Assert.Equal([true, true, true, false, false, false], requests);
        Assert.Equal([true, true, false], responses);
    }

    private async Task<IReadOnlyList<bool>> ValidateAsync(JsonNode document, string pointer, string[] values)
    {
        // The whole document is the schema's base, so that its references resolve.
        var schema = document.DeepClone().AsObject();
        schema["$ref"] = "#" + pointer;
        var schemaFile = Path.Combine(_folder, "schema.json");
        var valuesFile = Path.Combine(_folder, "values.jsonl");
        await File.WriteAllTextAsync(schemaFile, schema.ToJsonString());
        await File.WriteAllLinesAsync(valuesFile, values.Select(value => JsonSerializer.Serialize(JsonNode.Parse(value))));
        var (exitCode, output) = await Tool.RunAsync("node", "validate.mjs", schemaFile, valuesFile);
        Assert.True(exitCode == 0, output);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line == "true")];
    }
}
