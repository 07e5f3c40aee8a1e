using System.Text;
using System.Text.Json;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class ScoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("auto", "compiled")]
    [InlineData("onnxruntime", "onnxruntime 1.")]
    public async Task A_CSV_gets_the_trainers_labels_and_probabilities(string engine, string name)
    {
        var input = _folder.Write("rows.csv", BankRows.Csv(BankRows.Golden.Count));

        var result = await CliProcess.RunAsync(
            "score", Repository.Bank, input, "-o", _folder.PathOf("out.csv"), "--engine", engine, "--json");

        Assert.Equal(("", 0), (result.Error, result.ExitCode));
        var lines = await File.ReadAllLinesAsync(_folder.PathOf("out.csv"));
        Assert.Equal($"{BankRows.Header},prediction,p_no,p_yes", lines[0]);
        Assert.Equal(BankRows.Golden.Count, lines.Length - 1);
        BankRows.AssertTrainers(BankRows.AnswersOf(lines[1..]));
        Assert.All(BankRows.Golden.Zip(lines[1..]), pair =>
            Assert.StartsWith(string.Join(',', BankRows.Values(pair.First)) + ",", pair.Second, StringComparison.Ordinal));
        var summary = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal((200, 0), (summary.GetProperty("scored").GetInt32(), summary.GetProperty("rejected").GetInt32()));
        Assert.StartsWith(name, summary.GetProperty("engine").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSONL_gets_the_trainers_labels_and_probabilities()
    {
        var input = _folder.Write("rows.jsonl", string.Join('\n', BankRows.Golden.Select(golden => golden.Input)));

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", _folder.PathOf("out.jsonl"));

        Assert.Equal(0, result.ExitCode);
        var lines = await File.ReadAllLinesAsync(_folder.PathOf("out.jsonl"));
        Assert.Equal(BankRows.Golden.Count, lines.Length);
        BankRows.AssertTrainers(BankRows.AnswersOfJson(lines));
        Assert.All(BankRows.Golden.Zip(lines), pair =>
            Assert.StartsWith(pair.First.Input[..^1] + ",", pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_45211_rows_gets_the_trainers_answers_in_order()
    {
        var input = _folder.Write("rows.csv", BankRows.Csv(45_211, ";"));

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", _folder.PathOf("out.csv"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("45,211 rows scored", result.Error, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(_folder.PathOf("out.csv"));
        Assert.Equal(45_212, lines.Length);
        BankRows.AssertTrainers(BankRows.AnswersOf(lines[1..], ';'));
        Assert.Equal(["out.csv", "rows.csv"], _folder.Names);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Standard_input_goes_to_standard_output_and_what_is_told_to_standard_error(string format)
    {
        var rows = format == "csv"
            ? BankRows.Csv(10_000)
            : string.Concat(Enumerable.Range(0, 10_000).Select(row => BankRows.Golden[row % 200].Input + "\n"));

        var result = await CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(rows), "score", Repository.Bank);

        Assert.Equal(0, result.ExitCode);
        var lines = BankRows.Lines(result.Output);
        Assert.Equal(10_000, BankRows.AssertTrainers(format == "csv" ? BankRows.AnswersOf(lines[1..]) : BankRows.AnswersOfJson(lines)));
        Assert.StartsWith("10,000 rows scored in ", Assert.Single(BankRows.Lines(result.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_means_its_newest_version_and_a_folder_of_models_is_refused()
    {
        using var models = new TemporaryModels();
        models.AddBank(version: "2");
        models.AddBank(version: "10");
        var rows = Encoding.UTF8.GetBytes(BankRows.Csv(1));

        var newest = await CliProcess.RunWithInputAsync(rows, "score", Path.Combine(models.Root, "bank"), "--json");
        models.AddBank(name: "other");
        var refused = await CliProcess.RunWithInputAsync(rows, "score", models.Root);

        Assert.Contains("\"version\": \"10\"", newest.Error, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("several models: bank, other.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_no_server_would_serve_scores_nothing()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        var golden = await File.ReadAllTextAsync(bundle.PathOf("golden.jsonl"));
        bundle.Write("golden.jsonl", golden.Replace("\"label\": \"no\"", "\"label\": \"yes\"", StringComparison.Ordinal));

        var result = await CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(BankRows.Csv(1)), "score", bundle.Folder);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("Expected 'yes', got 'no'", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "There is no file '{0}/none.csv'; give a CSV or JSONL file, or - for standard input.", "none.csv")]
    [InlineData(2, "There is no folder '{0}/nowhere' to write", "rows.csv", "-o", "nowhere/out.csv")]
    [InlineData(2, "is a folder; give a file.", "rows.csv", "-o", ".")]
    [InlineData(2, "is a folder; give a file.", ".")]
    [InlineData(64, "The output has the format of the input, CSV, which the name", "rows.csv", "-o", "out.jsonl")]
    [InlineData(64, "need a file of their own.", "rows.csv", "-o", "out.csv", "--rejects", "rows.csv")]
    [InlineData(64, "need a file of their own.", "rows.csv", "-o", "out.csv", "--rejects", "out.csv")]
    public async Task Files_that_cannot_be_used_are_named_in_one_line(int exitCode, string message, params string[] arguments)
    {
        _folder.Write("rows.csv", BankRows.Csv(1));
        var places = arguments.Select(argument => argument.StartsWith('-') ? argument : _folder.PathOf(argument));

        var result = await CliProcess.RunAsync(["score", Repository.Bank, .. places]);

        Assert.Equal(exitCode, result.ExitCode);
        var line = Assert.Single(BankRows.Lines(result.Error));
        Assert.Contains(message.Replace("{0}", _folder.Root, StringComparison.Ordinal), line, StringComparison.Ordinal);
        Assert.Equal(["rows.csv"], _folder.Names);
    }

    [Fact]
    public async Task The_added_names_may_have_a_prefix()
    {
        string[] command = ["score", Repository.Bank, "--prefix", "bank_"];

        var csv = await CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(BankRows.Csv(1)), command);
        var json = await CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(BankRows.Golden[0].Input), command);

        Assert.EndsWith(",bank_prediction,bank_p_no,bank_p_yes", BankRows.Lines(csv.Output)[0], StringComparison.Ordinal);
        Assert.Contains(""","bank_prediction":"no","bank_probabilities":{"no":""", json.Output, StringComparison.Ordinal);
    }
}
