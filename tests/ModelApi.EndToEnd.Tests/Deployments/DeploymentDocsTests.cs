using System.Text.RegularExpressions;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Deployments;

/// <summary>The commands of docs/operating.md deploy, compare, promote and roll back.</summary>
public sealed partial class DeploymentDocsTests
{
    [ToolFact("bash")]
    public async Task Each_command_of_the_page_works_in_the_order_of_the_page()
    {
        await using var server = await DeploymentServer.StartAsync();
        var golden = server.Bundles.AddBank(version: "2").PathOf("golden.jsonl");
        server.Bundles.AddBank(version: "3");
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operating.md"));
        var section = page[page.IndexOf("## Deploying versions", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", StringComparison.Ordinal)];
        var blocks = Block().Matches(section).Select(block => block.Groups["commands"].Value).ToList();
        Assert.Equal(6, blocks.Count);
        Assert.StartsWith("export MODELAPI_SERVER=http://localhost:8900 MODELAPI_TOKEN=abc123", blocks[0], StringComparison.Ordinal);

        // The server of the test listens elsewhere, and its bundles are elsewhere too.
        var script = string.Join('\n', blocks.Skip(1)).Replace("models/bank/", "bank/", StringComparison.Ordinal)
            + InText().Match(section).Groups["command"].Value;
        var result = await server.WithTrafficAsync("bank", golden, () => server.Tool.RunScriptAsync(script));

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal("2", await server.ProductionAsync("bank"));
        Assert.Contains("Version 2 of model 'bank' is in production again; before, version 3 was.", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(server.Tool.Folder, "backup", "bank", "2", "model.json")), result.All);
    }

    [GeneratedRegex(@"```bash\n(?<commands>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`(?<command>modelapi pull [^`]+)`")]
    private static partial Regex InText();
}
