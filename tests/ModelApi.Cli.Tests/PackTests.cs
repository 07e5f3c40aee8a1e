using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

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
        var histograms = reference["features"]!.AsObject().Select(feature => feature.Value!).Append(reference["score"]!).Append(reference["prediction"]!);
        Assert.All(histograms, histogram =>
            Assert.Equal(200, histogram["counts"]!.AsArray().Sum(count => count!.GetValue<int>()) + histogram["missing"]!.GetValue<int>() + histogram["unseen"]!.GetValue<int>()));

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
            row["probabilities"] = new JsonObject(row["probabilities"]!.AsObject().Reverse().Select(item => KeyValuePair.Create(item.Key, item.Value?.DeepClone())));
            return row.ToJsonString();
        });
        await File.WriteAllLinesAsync(Path.Combine(_folder, "golden.jsonl"), reversed);

        var (exitCode, output) = await PackWithGoldenAsync("wine-quality", ["encoder.onnx", "model.onnx"], Path.Combine(_folder, "golden.jsonl"));

        Assert.True(exitCode == 0, output);
        Assert.Equal("[3,4,5,6,7,8,9]", Manifest(Path.Combine(_folder, "models", "wine-quality", "1"))["classes"]!.ToJsonString());
    }

    [Fact]
    public async Task A_version_is_never_replaced_unasked()
    {
        WriteReference("bank", "y");
        var first = await PackAsync("bank", ["encoder.onnx", "model.onnx"], "--version", "7");

        var again = await PackAsync("bank", ["encoder.onnx", "model.onnx"], "--version", "7");
        var next = await PackAsync("bank", ["encoder.onnx", "model.onnx"]);
        var forced = await PackAsync("bank", ["encoder.onnx", "model.onnx"], "--version", "7", "--force");

        Assert.Equal((0, 2, 0, 0), (first.ExitCode, again.ExitCode, next.ExitCode, forced.ExitCode));
        Assert.Contains("replace it with --force", again.Output, StringComparison.Ordinal);
        Assert.Equal(["7", "8"], Directory.GetDirectories(Path.Combine(_folder, "models", "bank")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
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
        Assert.Contains("golden.jsonl row 1: Scored in a batch, it gave a probability that differs from the trainer's by 0.1", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "models")));
    }

    [Fact]
    public async Task What_is_missing_is_said_in_one_line()
    {
        WriteReference("bank", "y");
        await File.WriteAllTextAsync(Path.Combine(_folder, "empty.csv"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "short.csv"), "age,job\n41,management\n");
        var golden = Path.Combine(Repository.Bank, "golden.jsonl");
        var encoder = Path.Combine(Repository.Bank, "encoder.onnx");
        var model = Path.Combine(Repository.Bank, "model.onnx");
        var reference = Path.Combine(_folder, "reference.csv");

        await AssertSaysAsync("There is no file 'nowhere.csv'.", "pack", encoder, model, "--name", "bank", "--reference", "nowhere.csv", "--golden", golden);
        await AssertSaysAsync("holds no rows.", "pack", encoder, model, "--name", "bank", "--reference", Path.Combine(_folder, "empty.csv"), "--golden", golden);
        await AssertSaysAsync("What feeds input 'marital' of encoder.onnx cannot be found out", "pack", encoder, model, "--name", "bank", "--reference", Path.Combine(_folder, "short.csv"), "--golden", golden);
        await AssertSaysAsync("'Bank' is no name for a model", "pack", encoder, model, "--name", "Bank", "--reference", reference, "--golden", golden);
        await AssertSaysAsync("must have one output that is the label", "pack", encoder, "--name", "bank", "--reference", reference, "--golden", golden);
    }

    private async Task AssertSaysAsync(string message, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync([.. arguments, "--output", Path.Combine(_folder, "models")]);

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
        var features = Shipped(model)["features"]!.AsArray().Select(feature => (Name: feature!["name"]!.GetValue<string>(), IsNumber: feature["type"]!.GetValue<string>() == "number")).ToList();
        var lines = new List<string> { string.Join(',', features.Select(feature => feature.Name).Append(target)) };
        foreach (var line in File.ReadLines(Path.Combine(Bundle(model), "golden.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            var input = row.RootElement.GetProperty("input");
            lines.Add(string.Join(',', features.Select(feature => Cell(input.GetProperty(feature.Name))).Append(Cell(row.RootElement.GetProperty("label")))));
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

    private Task<(int ExitCode, string Output)> PackWithGoldenAsync(string model, string[] graphs, string golden, params string[] options) =>
        RunAsync(["pack", .. graphs.Select(graph => Path.Combine(Bundle(model), graph)), "--name", model,
            "--reference", Path.Combine(_folder, "reference.csv"), "--golden", golden, "--output", Path.Combine(_folder, "models"), .. options]);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root, "src", "ModelApi.Cli", "bin", configuration, "net10.0", "modelapi.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
