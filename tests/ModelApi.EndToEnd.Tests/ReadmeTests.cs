using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>The README's requests get the README's answers.</summary>
public sealed partial class ReadmeTests
{
    [ToolFact("bash", "curl")]
    public async Task Each_request_gets_the_answer_that_stands_below_it()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var examples = Example().Matches(readme);
        Assert.Equal(2, examples.Count);
        await using var server = await ServerProcess.StartAsync();

        foreach (var example in examples.AsEnumerable())
        {
            var command = example.Groups["command"].Value.Trim()
                .Replace("http://localhost:8900", server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
            var (exitCode, output) = await Tool.RunAsync("bash", "-c", command.Replace("curl ", "curl -sS ", StringComparison.Ordinal));

            Assert.True(exitCode == 0, output);
            Assert.Equal(WithoutTrace(example.Groups["answer"].Value), WithoutTrace(output));
        }
    }

    private static string WithoutTrace(string json)
    {
        var answer = JsonNode.Parse(json)!.AsObject();
        answer.Remove("traceId");
        return answer.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    [GeneratedRegex(@"```bash\s+(?<command>curl [^\n]+)\s+```\s+```json\s+(?<answer>\{[^\n]+)\s+```")]
    private static partial Regex Example();
}
