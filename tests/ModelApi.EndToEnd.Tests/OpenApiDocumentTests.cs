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
        var document = await _server.Client().GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        await File.WriteAllTextAsync(_document, document);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ToolFact("node", Tool.NpmPackages)]
    public async Task Spectral_finds_neither_errors_nor_warnings()
    {
        var (exitCode, output) = await Tool.RunAsync(
            "node", "node_modules/@stoplight/spectral-cli/dist/index.js",
            "lint", _document, "--ruleset", ".spectral.yaml", "--fail-severity", "hint");

        Assert.True(exitCode == 0, output);
        Assert.Contains("No results with a severity of 'hint' or higher found!", output, StringComparison.Ordinal);
    }

    public static TheoryData<string> Models => [.. Repository.Bundles.Select(bundle => bundle.Split('/')[0]).Distinct()];

    [ToolTheory("node", Tool.NpmPackages)]
    [MemberData(nameof(Models))]
    public async Task One_row_and_its_answer_pass_the_schemas_of_the_document(string model)
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(_document))!;
        var path = $"/models/{model}/predict";
        var (body, answer) = (Schema(document, path, "requestBody"), Schema(document, path, "responses/200"));
        var example = Example(document, path);

        var requests = await ValidateAsync(document, body, [example, $"[{example}]", "7", example.Insert(1, "\"no such feature\":1,")]);
        var answers = await ValidateAsync(document, answer, [await AskAsync(path, example), "{}"]);

        Assert.Equal([true, false, false, false], requests);
        Assert.Equal([true, false], answers);
    }

    [ToolTheory("node", Tool.NpmPackages)]
    [MemberData(nameof(Models))]
    public async Task Several_rows_and_their_answers_pass_the_schemas_of_the_document(string model)
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(_document))!;
        var path = $"/models/{model}/predict/batch";
        var (body, answer) = (Schema(document, path, "requestBody"), Schema(document, path, "responses/200"));
        var row = Example(document, $"/models/{model}/predict");
        var signature = await _server.Client().GetStringAsync(new Uri($"/models/{model}/signature", UriKind.Relative));
        var keyed = $$"""{"{{JsonNode.Parse(signature)!["instancesKey"]}}":[{{row}}]}""";

        var requests = await ValidateAsync(document, body, [Example(document, path), $"[{row}]", keyed, row, "[]", "[7]"]);
        var (two, one) = (await AskAsync(path, $"[{row},{row}]"), await AskAsync(path, keyed));
        var noneSkipped = await AskAsync(path + "?onInvalid=skip", keyed);
        var answers = await ValidateAsync(document, answer, [two, one, noneSkipped, "{}"]);

        Assert.Equal([true, true, true, false, false, false], requests);
        Assert.Equal([true, true, true, false], answers);
    }

    [ToolTheory("node", Tool.NpmPackages)]
    [InlineData("400", "/predict", "{")]
    [InlineData("400", "/predict?onInvalid=x", "{}")]
    [InlineData("422", "/predict", "{}")]
    [InlineData("422", "/predict/batch", "[{}]")]
    [InlineData("404", "/models/bank/predict", null)]
    public async Task Problems_pass_the_schemas_of_the_document(string status, string path, string? body)
    {
        var document = JsonNode.Parse(await File.ReadAllTextAsync(_document))!;
        var answer = body is null
            ? await (await _server.Client().GetAsync(new Uri("/models/no-such-model", UriKind.Relative))).Content.ReadAsStringAsync()
            : await AskAsync(path, body);

        var valid = await ValidateAsync(document, Schema(document, path.Split('?')[0], $"responses/{status}"), [answer]);

        Assert.Equal(status, JsonNode.Parse(answer)!["status"]!.ToString());
        Assert.Equal([true], valid);
    }

    private static string Example(JsonNode document, string path) =>
        At(document, Message(document, path, "requestBody"))["content"]!["application/json"]!["example"]!.ToJsonString();

    // The pointer of the schema of an operation's body or response.
    private static string Schema(JsonNode document, string path, string message)
    {
        var pointer = Message(document, path, message);
        var type = At(document, pointer)["content"]!.AsObject().Single().Key;
        return $"{pointer}/content/{type.Replace("/", "~1", StringComparison.Ordinal)}/schema";
    }

    // The pointer of an operation's body or response, which is a reference to a shared one.
    private static string Message(JsonNode document, string path, string message)
    {
        var pointer = $"/paths/{path.Replace("/", "~1", StringComparison.Ordinal)}/post/{message}";
        return At(document, pointer)["$ref"]?.GetValue<string>()[1..] ?? pointer;
    }

    private static JsonNode At(JsonNode document, string pointer) => pointer.Split('/').Skip(1)
        .Aggregate(document, (node, name) => node[name.Replace("~1", "/", StringComparison.Ordinal)]!);

    private async Task<string> AskAsync(string path, string body)
    {
        using var request = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _server.Client().PostAsync(new Uri(path, UriKind.Relative), request);
        return await response.Content.ReadAsStringAsync();
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
