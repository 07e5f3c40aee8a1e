using System.Text.Json;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class DescribeTests
{
    [Fact]
    public async Task The_tables_show_signature_classes_metrics_sizes_and_digest()
    {
        var result = await CliProcess.RunAsync("describe", Repository.Bank);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("bank 1  Will a client of a bank", result.Output, StringComparison.Ordinal);
        Assert.Contains("y: no, yes", result.Output, StringComparison.Ordinal);
        Assert.Matches("│ balance +│ integer +│ -8019 to 102127 +│ 1506 +│", result.Output);
        Assert.Matches("│ marital +│ string +│ divorced, married, single +│ \"married\" +│", result.Output);
        Assert.Matches("│ accuracy +│ +0.8897 │", result.Output);
        Assert.Matches("│ model.onnx +│ +4,204,997 │ 0063b40cb5cf │", result.Output);
        Assert.Matches("digest +[0-9a-f]{64}", result.Output);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Fact]
    public async Task The_JSON_says_the_same_for_scripts()
    {
        var result = await CliProcess.RunAsync("describe", Path.Combine(Repository.Models, "bank"), "--json");

        Assert.Equal(0, result.ExitCode);
        var root = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(["no", "yes"], root.GetProperty("classes").EnumerateArray().Select(label => label.GetString()));
        var features = root.GetProperty("features").EnumerateArray();
        Assert.Equal(BankRows.Columns, features.Select(feature => feature.GetProperty("name").GetString()));
        Assert.Equal(-8019, root.GetProperty("features")[4].GetProperty("minimum").GetDouble());
        Assert.Equal(9043, root.GetProperty("metrics").GetProperty("n").GetInt32());
        var bytes = Directory.EnumerateFiles(Repository.Bank).Sum(file => new FileInfo(file).Length);
        Assert.Equal(bytes, root.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task All_faults_of_a_bundle_are_listed()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        File.AppendAllText(bundle.PathOf("args.json"), " ");
        File.Delete(bundle.PathOf("encoder.onnx"));

        var result = await CliProcess.RunAsync("describe", bundle.Folder);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("args.json: Its SHA-256 is not the one in model.json", result.Error, StringComparison.Ordinal);
        Assert.Contains("encoder.onnx: The file is missing.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_without_metrics_is_described_without_them()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        bundle.EditManifest(manifest => manifest["files"]!.AsObject().Remove("performance.json"));
        File.Delete(bundle.PathOf("performance.json"));

        var result = await CliProcess.RunAsync("describe", bundle.Folder);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain("metric", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_is_described_with_its_targets_and_tolerance()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddCase("multi-reg");

        var text = await CliProcess.RunAsync("describe", bundle.Folder);
        var json = JsonDocument.Parse((await CliProcess.RunAsync("describe", bundle.Folder, "--json")).Output).RootElement;

        Assert.Contains("target (first, second), numbers", text.Output, StringComparison.Ordinal);
        Assert.Equal(["first", "second"], json.GetProperty("targets").EnumerateArray().Select(target => target.GetString()));
        Assert.Equal("regression", json.GetProperty("task").GetString());
        Assert.Equal(1e-5, json.GetProperty("tolerance").GetDouble());
        Assert.Equal(["prediction"], json.GetProperty("returns").EnumerateArray().Select(member => member.GetString()));
    }
}
