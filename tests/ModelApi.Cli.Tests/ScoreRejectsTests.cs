using System.Text.Json;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class ScoreRejectsTests : IDisposable
{
    private const string Damaged = """
        x,management,married,tertiary,1.5,yes,261,
        41,management,married
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rejected_rows_go_into_a_file_with_their_line_reasons_and_text()
    {
        var input = _folder.Write("rows.csv", $"{BankRows.Csv(3)}{Damaged}\n{BankRows.Row}\n");

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", _folder.PathOf("out.csv"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"4 rows scored in ", result.Error, StringComparison.Ordinal);
        Assert.Contains($"2 rejected (see {_folder.PathOf("out.csv.rejects.jsonl")}).", result.Error, StringComparison.Ordinal);
        Assert.Equal(5, (await File.ReadAllLinesAsync(_folder.PathOf("out.csv"))).Length);
        var rejects = await RejectsAsync("out.csv.rejects.jsonl");
        Assert.Equal([5, 6], rejects.Select(reject => reject.GetProperty("line").GetInt32()));
        Assert.Equal(Damaged.Split('\n'), rejects.Select(reject => reject.GetProperty("row").GetString()));
        Assert.Equal(
            """{"age":["Must be an integer, not text."],"balance":["Must be an integer, not a number with a fraction."]"""
            + ""","campaign":["Missing; must be an integer."]}""",
            rejects[0].GetProperty("errors").GetRawText());
        Assert.Equal("""{"":["Has 3 fields where the header has 8."]}""", rejects[1].GetProperty("errors").GetRawText());
    }

    [Fact]
    public async Task The_rejects_may_go_elsewhere_and_force_removes_those_of_an_earlier_run()
    {
        var bad = _folder.Write("bad.csv", $"{BankRows.Header}\n{Damaged}\n");
        var good = _folder.Write("good.csv", BankRows.Csv(2));
        string[] to = ["-o", _folder.PathOf("out.csv"), "--rejects", _folder.PathOf("no.jsonl")];

        var first = await CliProcess.RunAsync(["score", Repository.Bank, bad, .. to]);
        var between = _folder.Names.ToList();
        var second = await CliProcess.RunAsync(["score", Repository.Bank, good, .. to, "--force"]);

        Assert.Equal((1, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(["bad.csv", "good.csv", "no.jsonl", "out.csv"], between);
        Assert.Equal(["bad.csv", "good.csv", "out.csv"], _folder.Names);
    }

    [Fact]
    public async Task Without_a_file_of_rejects_the_first_ones_are_printed()
    {
        var input = _folder.Write("rows.csv", $"{BankRows.Header}\n{string.Concat(Enumerable.Repeat("41\n", 7))}");

        var result = await CliProcess.RunAsync("score", Repository.Bank, input);

        Assert.Equal((1, $"{BankRows.Header},prediction,p_no,p_yes\n"), (result.ExitCode, result.Output));
        var lines = BankRows.Lines(result.Error);
        Assert.Equal("line 6: Has 1 fields where the header has 8.", lines[4]);
        Assert.Equal("… and 2 more; --rejects writes them all to a file.", lines[5]);
        Assert.StartsWith("0 rows scored in ", lines[6], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_JSON_are_rejected_with_the_servers_messages()
    {
        var row = BankRows.Golden[0].Input;
        var input = _folder.Write("rows.jsonl", string.Join('\n',
            row.Replace("{", "{\"id\": 7, ", StringComparison.Ordinal),
            "",
            "{\"age\":41",
            $"[{row}]",
            row.Replace("\"age\"", "\"agee\"", StringComparison.Ordinal),
            row.Replace("}", ", \"prediction\": \"no\"}", StringComparison.Ordinal),
            $"{{\"instances\":[{row}]}}"));

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "--rejects", _folder.PathOf("no.jsonl"));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(1, BankRows.AssertTrainers(BankRows.AnswersOfJson(BankRows.Lines(result.Output))));
        Assert.StartsWith("{\"id\": 7, ", result.Output, StringComparison.Ordinal);
        var rejects = await RejectsAsync("no.jsonl");
        Assert.Equal([3, 4, 5, 6, 7], rejects.Select(reject => reject.GetProperty("line").GetInt32()));
        var errors = rejects.Select(reject => reject.GetProperty("errors").GetRawText()).ToList();
        Assert.StartsWith("""{"":["Not valid JSON at byte 10: """, errors[0], StringComparison.Ordinal);
        Assert.Equal("""{"":["A line must hold one object with the features, not several rows."]}""", errors[1]);
        Assert.Equal("""{"agee":["Unknown feature; did you mean 'age'?"],"age":["Missing; must be an integer."]}""", errors[2]);
        Assert.Equal("""{"prediction":["Already in the row; rename it, or give the added names a prefix."]}""", errors[3]);
        Assert.Equal(errors[1], errors[4]);
    }

    private async Task<List<JsonElement>> RejectsAsync(string name) =>
        [.. (await File.ReadAllLinesAsync(_folder.PathOf(name))).Select(line => JsonDocument.Parse(line).RootElement)];
}
