using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Code;

/// <summary>A model with feature names and an example full of quotes, escapes and comments of every generated language.</summary>
public sealed class HostileNameTests : IAsyncLifetime
{
    private const string Hostile =
        "it's \"x\" $HOME ${x} $(id) `id` %s {{x}} \\u0041 \\n\nJSON\nEOF\r\t\u0001\u0085\u2028\u202E\uFEFF é 年 😀 \"\"\" ''' */ // # \\";

    private static readonly Dictionary<string, string> Names = new()
    {
        ["age"] = "a\"ge's \\",
        ["job"] = Hostile,
        ["marital"] = "__proto__",
        ["education"] = "`id`$(id)${HOME}",
        ["balance"] = "tab\tline\nreturn\r\u0000\u007F",
        ["housing"] = "\"\"\"'''",
        ["duration"] = "\\u0041 \\\\u0042 \\",
        ["campaign"] = "*/ // # <!-- jöb 年 😀",
    };

    private static readonly string[] Languages = ["curl", "python", "javascript", "typescript", "csharp", "java", "scala", "go"];

    private readonly TemporaryModels _models = new();
    private ServerProcess _server = null!;

    public async Task InitializeAsync()
    {
        var bundle = _models.AddBank();
        bundle.EditManifest(manifest =>
        {
            foreach (var feature in manifest["features"]!.AsArray())
            {
                feature!["name"] = Names[feature["name"]!.GetValue<string>()];
            }

            var job = manifest["features"]![1]!.AsObject();
            job["categories"]!.AsArray().Add(Hostile);
            job["example"] = Hostile;
            manifest["graphs"]![0]!["inputs"] = JsonSerializer.SerializeToNode(Names);
        });
        bundle.Write("golden.jsonl", string.Join('\n', File.ReadLines(bundle.PathOf("golden.jsonl")).Select(Renamed)));
        _server = await ServerProcess.StartAsync(("Models__Root", _models.Root));
        Assert.Contains("ready     bank 1", _server.Output, StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task Programs_in_every_installed_language_send_the_names_unchanged()
    {
        using var client = _server.Client();
        foreach (var language in Languages.Where(language => Tool.SkipReason(GeneratedProgram.Tools(language)) is null))
        {
            var source = await client.GetStringAsync(new Uri($"/code?language={language}", UriKind.Relative));

            var (exitCode, output) = await GeneratedProgram.RunAsync(language, source, "abc123");

            Assert.True(exitCode == 0, $"{language}: {output}");
            var answer = JsonNode.Parse(output)!;
            Assert.Equal("bank", answer["model"]!.GetValue<string>());

            // A changed text would be an unknown category, which is a warning.
            Assert.Null(answer["warnings"]);
        }
    }

    private static string Renamed(string line)
    {
        var golden = JsonNode.Parse(line)!;
        var renamed = golden["input"]!.AsObject().Select(member => KeyValuePair.Create(Names[member.Key], member.Value?.DeepClone()));
        golden["input"] = new JsonObject(renamed);
        return golden.ToJsonString();
    }
}
