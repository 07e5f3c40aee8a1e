using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>The commands of docs/your-own-model.md lead from a model to the page's answer, at most three of them each.</summary>
/// <remarks>
/// CI has no skl2onnx: where a command is the page's Python, which ends with <c>pack</c>, the test runs what that calls, on the files
/// that it wrote once (tests/OwnModels).
/// </remarks>
public sealed partial class OwnModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-own-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ToolTheory("bash", "curl")]
    [InlineData("scikit-learn", "scikit-learn")]
    [InlineData("XGBoost", "xgboost")]
    [InlineData("ML.NET", "ml-net")]
    [InlineData("PyTorch", "pytorch")]
    public async Task A_first_own_model_is_packed_served_and_called_in_three_commands(string heading, string files)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "your-own-model.md"));
        var section = page.Split("\n## ").Single(part => part.StartsWith($"{heading}\n", StringComparison.Ordinal));
        var commands = Commands().Match(section).Groups["commands"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "OwnModels", files)))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        Assert.Equal(3, commands.Length);
        Assert.Equal("dotnet run --project src/ModelApi", commands[1]);
        Assert.StartsWith("curl http://localhost:8900/", commands[2], StringComparison.Ordinal);

        var (exitCode, output) = await RunAsync(await PackCommandAsync(commands[0], section));
        Assert.True(exitCode == 0, output);
        await using var server = await ServerProcess.StartAsync(("Models__Root", Path.Combine(_folder, "models")));
        (exitCode, output) = await RunAsync(commands[2]
            .Replace("http://localhost:8900", server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("curl ", "curl -sS ", StringComparison.Ordinal));

        Assert.True(exitCode == 0, output);
        AssertSame(JsonNode.Parse(Answer().Match(section).Groups["answer"].Value), JsonNode.Parse(output));
    }

    // The last digits of a network depend on the processor.
    private static void AssertSame(JsonNode? expected, JsonNode? actual)
    {
        if (expected is JsonObject due && actual is JsonObject given)
        {
            Assert.Equal(due.Select(member => member.Key), given.Select(member => member.Key));
            Assert.All(due, member => AssertSame(member.Value, given[member.Key]));
        }
        else if (expected!.GetValueKind() == JsonValueKind.Number)
        {
            Assert.Equal(expected.GetValue<double>(), actual!.GetValue<double>(), tolerance: 1e-5);
        }
        else
        {
            Assert.Equal(expected.ToJsonString(), actual!.ToJsonString());
        }
    }

    private static async Task<string> PackCommandAsync(string command, string section)
    {
        if (command == "python3 train.py")
        {
            var (name, target) = (Packed().Match(section).Groups["name"].Value, Packed().Match(section).Groups["target"].Value);
            var package = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "python", "modelapi_pack.py"));
            Assert.All(
                ["\"--reference\"", "\"--golden\"", "\"--target\""],
                option => Assert.Contains(option, package, StringComparison.Ordinal));
            command = $"modelapi pack model.onnx --name {name} --reference reference.csv --golden golden.jsonl --target {target}";
        }

        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var tool = Path.Combine(Repository.Root, "src", "ModelApi.Cli", "bin", configuration, "net10.0", "modelapi.dll");
        return command.Replace("modelapi pack", $"dotnet '{tool}' pack", StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> RunAsync(string command) =>
        Tool.RunAsync(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = _folder });

    [GeneratedRegex(@"```bash\n(?<commands>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Commands();

    [GeneratedRegex(@"```json\n(?<answer>[^\n]+)\n```")]
    private static partial Regex Answer();

    [GeneratedRegex("pack\\(.*name=\"(?<name>[a-z-]+)\", target=\"(?<target>[a-z_]+)\"")]
    private static partial Regex Packed();
}
