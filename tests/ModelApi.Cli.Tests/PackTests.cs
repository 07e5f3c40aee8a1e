using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class PackTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelapi-pack-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bank", "y", "encoder.onnx", "model.onnx")]
    [InlineData("credit-risk", "Risk", "encoder.onnx", "model.onnx")]
    [InlineData("wine-quality", "quality", "encoder.onnx", "model.onnx")]
    [InlineData("breast-cancer", "diagnosis", "model.onnx")]
    [InlineData("project-tags", "tag", "pipeline.onnx")]
    public async Task A_bundle_is_made_of_graphs_and_rows_alone(string model, string target, params string[] graphs)
    {
        var shipped = Shipped(model);
        WriteReference(model, target);

        var (exitCode, output) = await PackAsync(model, graphs);

        Assert.True(exitCode == 0, output);
        var made = Manifest(Path.Combine(_folder, "models", model, "1"));
        foreach (var key in new[] { "name", "version", "task", "classes", "unknownCategory", "graphs", "outputs" })
        {
            Assert.Equal(shipped[key]!.ToJsonString(), made[key]!.ToJsonString());
        }

        Assert.Equal(target, made["target"]!["name"]!.GetValue<string>());
        Assert.Equal(Types(shipped), Types(made));
        Assert.Equal(0, (await RunAsync("check", Path.Combine(_folder, "models"))).ExitCode);
    }

    [Fact]
    public async Task The_reference_counts_every_row_once()
    {
        WriteReference("bank", "y");

        await PackAsync("bank", ["encoder.onnx", "model.onnx"]);

        var reference = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "models", "bank", "1", "reference.json")))!;
        Assert.Equal(200, reference["rows"]!.GetValue<int>());
        var histograms = reference["features"]!.AsObject()
            .Select(feature => feature.Value!)
            .Append(reference["score"]!)
            .Append(reference["prediction"]!);
        Assert.All(histograms, histogram =>
        {
            var counted = histogram["counts"]!.AsArray().Sum(count => count!.GetValue<int>());
            Assert.Equal(200, counted + histogram["missing"]!.GetValue<int>() + histogram["unseen"]!.GetValue<int>());
        });

        // Counted here from the golden rows themselves.
        var married = Golden.Read(Repository.Bank).Count(row => row.Input.Contains("\"marital\": \"married\"", StringComparison.Ordinal));
        var marital = reference["features"]!["marital"]!;
        var bin = marital["categories"]!.AsArray().Select(name => name!.GetValue<string>()).ToList().IndexOf("married");
        Assert.Equal(married, marital["counts"]![bin]!.GetValue<int>());
    }

    [Fact]
    public async Task Classes_get_the_order_of_the_graphs_columns_whatever_the_order_of_the_golden_rows()
    {
        WriteReference("wine-quality", "quality");
        var reversed = File.ReadLines(Path.Combine(Bundle("wine-quality"), "golden.jsonl")).Select(line =>
        {
            var row = JsonNode.Parse(line)!;
            var backwards = row["probabilities"]!.AsObject().Reverse();
            row["probabilities"] = new JsonObject(backwards.Select(item => KeyValuePair.Create(item.Key, item.Value?.DeepClone())));
            return row.ToJsonString();
        });
        await File.WriteAllLinesAsync(Path.Combine(_folder, "golden.jsonl"), reversed);

        var (exitCode, output) = await PackWithGoldenAsync(
            "wine-quality", ["encoder.onnx", "model.onnx"], Path.Combine(_folder, "golden.jsonl"));

        Assert.True(exitCode == 0, output);
        Assert.Equal("[3,4,5,6,7,8,9]", Manifest(Path.Combine(_folder, "models", "wine-quality", "1"))["classes"]!.ToJsonString());
    }

    [Fact]
    public async Task A_version_is_only_replaced_with_force()
    {
        WriteReference("bank", "y");
        var first = await PackAsync("bank", ["encoder.onnx", "model.onnx"], "--version", "7");

        var again = await PackAsync("bank", ["encoder.onnx", "model.onnx"], "--version", "7");
        var next = await PackAsync("bank", ["encoder.onnx", "model.onnx"]);
        var forced = await PackAsync("bank", ["encoder.onnx", "model.onnx"], "--version", "7", "--force");

        Assert.Equal((0, 2, 0, 0), (first.ExitCode, again.ExitCode, next.ExitCode, forced.ExitCode));
        Assert.Contains("replace it with --force", again.Output, StringComparison.Ordinal);
        var versions = Directory.GetDirectories(Path.Combine(_folder, "models", "bank")).Select(folder => Path.GetFileName(folder));
        Assert.Equal(["7", "8"], versions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_model_that_does_not_reproduce_its_golden_rows_leaves_nothing_behind()
    {
        WriteReference("bank", "y");
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Bank, "golden.jsonl"));
        lines[0] = lines[0].Replace("0.971773555425631", "0.871773555425631", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Path.Combine(_folder, "golden.jsonl"), lines);

        var (exitCode, output) = await PackWithGoldenAsync("bank", ["encoder.onnx", "model.onnx"], Path.Combine(_folder, "golden.jsonl"));

        Assert.Equal(1, exitCode);
        Assert.Contains("golden.jsonl: 1 of 200 rows are not answered as the trainer answered them", output, StringComparison.Ordinal);
        Assert.Contains("golden.jsonl row 1: Expected 0.8717736 for 'no', got 0.9717736", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "models")));
    }

    [Fact]
    public async Task A_missing_part_is_named_in_one_line()
    {
        WriteReference("bank", "y");
        await File.WriteAllTextAsync(Path.Combine(_folder, "empty.csv"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "short.csv"), "age,job\n41,management\n");
        var golden = Path.Combine(Repository.Bank, "golden.jsonl");
        var encoder = Path.Combine(Repository.Bank, "encoder.onnx");
        var model = Path.Combine(Repository.Bank, "model.onnx");
        var reference = Path.Combine(_folder, "reference.csv");

        var empty = Path.Combine(_folder, "empty.csv");
        var shorter = Path.Combine(_folder, "short.csv");

        await AssertSaysAsync("There is no file 'nowhere.csv'", [encoder, model], "bank", "nowhere.csv", golden);
        await AssertSaysAsync("holds no rows.", [encoder, model], "bank", empty, golden);
        await AssertSaysAsync(
            "The golden rows hold 'marital', and the reference has no such column.", [encoder, model], "bank", shorter, golden);
        var latin = Path.Combine(_folder, "latin.csv");
        await File.WriteAllTextAsync(latin, "age,job\n41,pâtissier\n", Encoding.Latin1);
        await AssertSaysAsync("latin.csv is not UTF-8: no character has the bytes E2", [encoder, model], "bank", latin, golden);
        await AssertSaysAsync("Two graphs are called 'model.onnx'", [model, model], "bank", reference, golden);
        await AssertSaysAsync("'Bank' is not a valid model name", [encoder, model], "Bank", reference, golden);
        await AssertSaysAsync(
            "The golden rows hold 'probabilities', and no output of encoder.onnx holds 2 numbers for each row",
            [encoder], "bank", reference, golden);
    }

    private async Task AssertSaysAsync(string message, string[] graphs, string name, string reference, string golden)
    {
        var (exitCode, output) = await RunAsync([
            "pack", .. graphs, "--name", name, "--reference", reference, "--golden", golden,
            "--output", Path.Combine(_folder, "models")]);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static string Bundle(string model) => Path.Combine(Repository.Models, model, "1");

    private static JsonObject Shipped(string model) => Manifest(Bundle(model));

    private static JsonObject Manifest(string bundle) => JsonNode.Parse(File.ReadAllText(Path.Combine(bundle, "model.json")))!.AsObject();

    private static IEnumerable<string> Types(JsonObject manifest) => manifest["features"]!.AsArray().Select(feature =>
        $"{feature!["name"]} {feature["type"]} {feature["categories"]?.ToJsonString()} {feature["minimumLength"]}");

    // The rows of the golden file as a CSV: the training data themselves are not in the repository.
    private void WriteReference(string model, string target)
    {
        var features = Shipped(model)["features"]!.AsArray().Select(feature => feature!["name"]!.GetValue<string>()).ToList();
        var lines = new List<string> { string.Join(',', features.Append(target)) };
        foreach (var line in File.ReadLines(Path.Combine(Bundle(model), "golden.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            var input = row.RootElement.GetProperty("input");
            var label = Cell(row.RootElement.GetProperty("label"));
            lines.Add(string.Join(',', features.Select(feature => Cell(input.GetProperty(feature))).Append(label)));
        }

        File.WriteAllLines(Path.Combine(_folder, "reference.csv"), lines);
    }

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Number => value.GetRawText(),
        _ => $"\"{value.GetString()!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
    };

    private Task<(int ExitCode, string Output)> PackAsync(string model, string[] graphs, params string[] options) =>
        PackWithGoldenAsync(model, graphs, Path.Combine(Bundle(model), "golden.jsonl"), options);

    private Task<(int ExitCode, string Output)> PackWithGoldenAsync(
        string model, string[] graphs, string golden, params string[] options) =>
        RunAsync([
            "pack", .. graphs.Select(graph => Path.Combine(Bundle(model), graph)), "--name", model,
            "--reference", Path.Combine(_folder, "reference.csv"), "--golden", golden,
            "--output", Path.Combine(_folder, "models"), .. options]);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);
        return (result.ExitCode, result.Output + result.Error);
    }
}
