using System.Text.Json.Nodes;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests.Deployments;

/// <summary>The workflow in samples/ci brings a model into production.</summary>
/// <remarks>
/// CI has no skl2onnx: the test takes what the training wrote once (tests/OwnModels), and runs all commands after it. It installs no tools.
/// </remarks>
public sealed class WorkflowTests
{
    private const string Install = "Install the tools";
    private const string Train = "Train";

    [ToolFact("bash", "curl", "node", Tool.NpmPackages)]
    public async Task The_commands_of_the_workflow_deploy_two_versions_one_after_the_other()
    {
        var workflow = await ReadAsync();
        await using var server = await DeploymentServer.StartAsync(models => models.AddBank());
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "OwnModels", "scikit-learn")))
        {
            File.Copy(file, Path.Combine(server.Tool.Folder, Path.GetFileName(file)));
        }

        await DeployAsync(server, workflow, "1");
        Assert.Equal("1", await server.ProductionAsync("roller-coaster"));
        await server.WithTrafficAsync("roller-coaster", Path.Combine(server.Tool.Folder, "golden.jsonl"), async () =>
        {
            await DeployAsync(server, workflow, "2");
            return true;
        });

        Assert.Equal("2", await server.ProductionAsync("roller-coaster"));
    }

    [ToolFact("node", Tool.NpmPackages)]
    public async Task Actions_are_pinned_and_files_exist()
    {
        var workflow = await ReadAsync();

        var steps = workflow["jobs"]!.AsObject().SelectMany(job => job.Value!["steps"]!.AsArray()).ToList();

        Assert.All(
            steps.Where(step => step!["uses"] is not null),
            step => Assert.Matches("^actions/[a-z-]+@[0-9a-f]{40}$", (string)step!["uses"]!));
        var train = (string)steps.Single(step => (string?)step!["name"] == Train)!["run"]!;
        Assert.StartsWith("python samples/ci/train.py", train, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Repository.Root, "samples", "ci", "train.py")));
        Assert.Contains(
            "samples/training/requirements.txt",
            (string)steps.First(step => (string?)step!["name"] == Install)!["run"]!,
            StringComparison.Ordinal);
    }

    private static async Task DeployAsync(DeploymentServer server, JsonNode workflow, string version)
    {
        foreach (var (name, job) in workflow["jobs"]!.AsObject())
        {
            var commands = job!["steps"]!.AsArray()
                .Where(step => step!["run"] is not null && (string?)step["name"] is not (Install or Train))
                .Select(step => (string)step!["run"]!);
            var result = await server.Tool.RunScriptAsync(
                string.Join('\n', commands), ("MODEL", (string)workflow["env"]!["MODEL"]!), ("VERSION", version));
            Assert.True(result.ExitCode == 0, $"{name}: {result.All}");
        }
    }

    private static async Task<JsonNode> ReadAsync()
    {
        var file = Path.Combine(Repository.Root, "samples", "ci", "deploy.yml");
        var (exitCode, output) = await Tool.RunAsync(
            "node", "-e", "console.log(JSON.stringify(require('js-yaml').load(require('fs').readFileSync(process.argv[1], 'utf8'))))", file);
        Assert.True(exitCode == 0, output);
        return JsonNode.Parse(output)!;
    }
}
