using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

/// <summary>All models that ship, with their categories, missing values, texts, many classes and many columns.</summary>
public sealed class ScoreModelsTests
{
    public static TheoryData<string> Models() =>
        [.. Directory.EnumerateDirectories(Repository.Models).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_golden_rows_as_CSV_get_the_trainers_answers(string model)
    {
        var golden = Golden.Read(Path.Combine(Repository.Models, model, "1"));
        var rows = golden.Select(row => JsonDocument.Parse(row.Input).RootElement.EnumerateObject().ToList()).ToList();
        var text = new StringBuilder(string.Join(',', rows[0].Select(feature => feature.Name)) + "\r\n");
        foreach (var row in rows)
        {
            text.Append(string.Join(',', row.Select(feature => Cell(feature.Value)))).Append("\r\n");
        }

        var result = await ScoreAsync(text.ToString(), model);

        Assert.Equal(0, result.ExitCode);
        using var reader = CsvReader.Create(result.OutputBytes, new CsvReaderOptions { Separator = ',' });
        foreach (var row in golden)
        {
            Assert.True(reader.Read());
            Assert.Equal(row.Label, reader.GetString("prediction"));
            Assert.All(row.Probabilities, probability =>
            {
                var answer = double.Parse(reader.GetString($"p_{probability.Key}"), CultureInfo.InvariantCulture);
                Assert.Equal(probability.Value, answer, BankRows.Tolerance);
            });
        }

        Assert.False(reader.Read());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_golden_rows_as_JSONL_get_the_trainers_answers(string model)
    {
        var golden = Golden.Read(Path.Combine(Repository.Models, model, "1"));

        var result = await ScoreAsync(string.Join('\n', golden.Select(row => row.Input)), model);

        Assert.Equal(0, result.ExitCode);
        var answers = BankRows.Lines(result.Output).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(golden.Count, answers.Count);
        Assert.All(golden.Zip(answers), pair =>
        {
            var (expected, answer) = pair;
            var prediction = answer.GetProperty("prediction");
            Assert.Equal(expected.Label, Golden.LabelOf(prediction));
            Assert.Equal(model switch
            {
                "wine-quality" => JsonValueKind.Number,
                "bank-mlnet" => expected.Label == "true" ? JsonValueKind.True : JsonValueKind.False,
                _ => JsonValueKind.String,
            }, prediction.ValueKind);
            var probabilities = answer.GetProperty("probabilities");
            Assert.Equal(expected.Probabilities.Keys, probabilities.EnumerateObject().Select(probability => probability.Name));
            Assert.All(expected.Probabilities, probability =>
                Assert.Equal(probability.Value, probabilities.GetProperty(probability.Key).GetDouble(), BankRows.Tolerance));
        });
    }

    [Fact]
    public async Task A_row_without_a_finite_answer_is_rejected()
    {
        var golden = Golden.Read(Path.Combine(Repository.Models, "breast-cancer", "1"));
        var names = JsonDocument.Parse(golden[0].Input).RootElement.EnumerateObject().Select(feature => feature.Name).ToList();
        var huge = $"{{{string.Join(',', names.Select((name, i) => $"\"{name}\":{(i % 2 == 0 ? "" : "-")}3e38"))}}}";

        var result = await ScoreAsync($"{golden[0].Input}\n{huge}\n{golden[0].Input}\n", "breast-cancer");

        Assert.Equal((1, 2), (result.ExitCode, BankRows.Lines(result.Output).Length));
        Assert.StartsWith("line 2: The model has no finite answer to these features", result.Error, StringComparison.Ordinal);
        Assert.Contains("2 rows scored", result.Error, StringComparison.Ordinal);
        Assert.Contains("1 rejected", result.Error, StringComparison.Ordinal);
    }

    private static Task<CliResult> ScoreAsync(string rows, string model) =>
        CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(rows), "score", Path.Combine(Repository.Models, model));

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => $"\"{value.GetString()!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => value.GetRawText(),
    };
}
