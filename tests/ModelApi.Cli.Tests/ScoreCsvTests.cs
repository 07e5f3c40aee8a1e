using System.Globalization;
using System.Text;
using CsvHelper;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class ScoreCsvTests
{
    [Theory]
    [InlineData(",", "\n")]
    [InlineData(";", "\r\n")]
    [InlineData("\t", "\n")]
    [InlineData("|", "\r\n")]
    public async Task The_output_has_the_separator_line_breaks_and_byte_order_mark_of_the_input(string separator, string lineBreak)
    {
        var result = await ScoreAsync("\uFEFF" + BankRows.Csv(200, separator, lineBreak));

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("\uFEFFage" + separator, result.Output, StringComparison.Ordinal);
        var lines = result.Output.Split(lineBreak);
        Assert.Equal("", lines[^1]);
        Assert.EndsWith(string.Join(separator, "campaign", "prediction", "p_no", "p_yes"), lines[0], StringComparison.Ordinal);
        Assert.Equal(200, BankRows.AssertTrainers(BankRows.AnswersOf(lines[1..^1], separator[0])));
    }

    [Theory]
    [InlineData(":", ":")]
    [InlineData("\t", "tab")]
    public async Task The_delimiter_can_be_given(string separator, string argument)
    {
        var result = await ScoreAsync(BankRows.Csv(200, separator), "--delimiter", argument);

        Assert.Equal(200, BankRows.AssertTrainers(BankRows.AnswersOf(BankRows.Lines(result.Output)[1..], separator[0])));
    }

    [Fact]
    public async Task Quotes_line_breaks_in_quotes_and_the_order_and_number_of_columns_do_not_matter()
    {
        // Read back column by column with CsvHelper, and compared with the values that were written.
        static string Quote(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var columns = BankRows.Columns.Reverse().ToList();
        var extra = "Ann \"the fox\" Lee,\r\nParis; 5\" pipe";
        var text = new StringBuilder($"\"id\",{string.Join(',', columns.Select(Quote))},note,\n");
        foreach (var (golden, row) in BankRows.Golden.Select((golden, row) => (golden, row)))
        {
            var values = string.Join(',', BankRows.Values(golden).Reverse().Select(Quote));
            text.Append(CultureInfo.InvariantCulture, $"{row},{values},{Quote(extra)},\n");
        }

        var result = await ScoreAsync(text.ToString());

        Assert.Equal(0, result.ExitCode);
        using var reader = CsvReader.Create(result.OutputBytes, new CsvReaderOptions { Separator = ',' });
        var answers = new List<(string, double, double)>();
        for (var row = 0; reader.Read(); row++)
        {
            Assert.Equal(row.ToString(CultureInfo.InvariantCulture), reader.GetString("id"));
            Assert.Equal(extra, reader.GetString("note"));
            Assert.Equal(BankRows.Values(BankRows.Golden[row]), BankRows.Columns.Select(reader.GetString));
            answers.Add((reader.GetString("prediction"), Number(reader.GetString("p_no")), Number(reader.GetString("p_yes"))));
        }

        Assert.Equal(200, BankRows.AssertTrainers(answers));
    }

    [Fact]
    public async Task Numbers_may_be_written_as_pandas_writes_them()
    {
        var result = await ScoreAsync(BankRows.Header + "\n41.0,management,married,tertiary,1.506e3,yes, 261 ,+1\n" + BankRows.Row);

        Assert.Equal(0, result.ExitCode);
        var rows = BankRows.Lines(result.Output)[1..].Select(line => string.Join(',', line.Split(',')[^3..]));
        Assert.Single(rows.Distinct());
    }

    [Theory]
    [InlineData("martial", "no column 'marital' (it has 'martial': did you mean 'marital'?)")]
    [InlineData("Marital", "no column 'marital' (it has 'Marital': did you mean 'marital'?)")]
    [InlineData("x", "no column 'marital'.")]
    [InlineData("age", "2 columns 'age', no column 'marital'.")]
    [InlineData("marital,prediction", "already has a column 'prediction'; rename it, or give the added columns a prefix.")]
    [InlineData("marital,p_no", "already has a column 'p_no'")]
    public async Task A_header_that_does_not_fit_is_refused_before_anything_is_scored(string column, string message)
    {
        var result = await ScoreAsync(BankRows.Csv(3).Replace("marital", column, StringComparison.Ordinal));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("Standard input ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was scored.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Standard input is empty; a CSV file begins with a line that names its columns.")]
    [InlineData("\r\n\n", "Standard input is empty; a CSV file begins with a line that names its columns.")]
    [InlineData("\uFEFF", "Standard input is empty; a CSV file begins with a line that names its columns.")]
    [InlineData("age,\"job", "Standard input, line 1: A quote is not closed.")]
    [InlineData("age,jo\0b", "Standard input, line 1: Holds a NUL byte")]
    [InlineData("<html>\n<body>", "Its first line must name the columns; it names '<html>'.")]
    public async Task A_file_that_is_not_a_table_is_refused(string text, string message)
    {
        var result = await ScoreAsync(text);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, Assert.Single(BankRows.Lines(result.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "Standard input is UTF-16; save it as UTF-8")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "Standard input is compressed; unpack it first")]
    [InlineData(new byte[] { (byte)'a', 0xE9, (byte)'\n' }, "Is not valid UTF-8; save the file as UTF-8.")]
    public async Task A_file_that_is_not_UTF8_is_refused(byte[] content, string message)
    {
        var result = await CliProcess.RunWithInputAsync(content, "score", Repository.Bank);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, Assert.Single(BankRows.Lines(result.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_without_rows_gives_a_header_without_rows()
    {
        var result = await ScoreAsync(BankRows.Header);

        Assert.Equal((0, $"{BankRows.Header},prediction,p_no,p_yes\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("0 rows scored", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("41,management,marr", "Has 3 fields where the header has 8.")]
    [InlineData("41,\"manage", "A quote is not closed.")]
    [InlineData("41,\"management\"x,married,tertiary,1506,yes,261,1", "There is text between a closing quote and the next separator.")]
    [InlineData(BankRows.Row + ",1", "Has 9 fields where the header has 8.")]
    [InlineData("41,manage\0ment,married,tertiary,1506,yes,261,1", "Holds a NUL byte")]
    public async Task A_damaged_last_line_is_rejected_and_the_others_are_scored(string line, string reason)
    {
        var result = await ScoreAsync(BankRows.Csv(200) + line);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(200, BankRows.AssertTrainers(BankRows.AnswersOf(BankRows.Lines(result.Output)[1..])));
        Assert.StartsWith($"line 202: {reason}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_costs_only_its_own_line()
    {
        var lines = BankRows.Lines(BankRows.Csv(5000)).ToList();
        lines.Insert(4000, "41,\"management,married,tertiary,1506,yes,261,1");

        var result = await ScoreAsync(string.Join('\n', lines));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(5000, BankRows.AssertTrainers(BankRows.AnswersOf(BankRows.Lines(result.Output)[1..])));
        Assert.StartsWith("line 4001: A quote is not closed.\n5,000 rows scored", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_is_not_UTF8_is_rejected_and_the_others_are_scored()
    {
        var before = Encoding.UTF8.GetBytes($"{BankRows.Header}\n41,");
        var after = Encoding.UTF8.GetBytes($",married,tertiary,1506,yes,261,1\n{BankRows.Row}\n");
        byte[] content = [.. before, 0xE9, .. after];

        var result = await CliProcess.RunWithInputAsync(content, "score", Repository.Bank);

        Assert.Equal((1, 2), (result.ExitCode, BankRows.Lines(result.Output).Length));
        Assert.StartsWith("line 2: Is not valid UTF-8", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nullable_feature_may_be_empty_or_have_no_column()
    {
        using var models = new TemporaryModels();
        var bundle = models.AddBank();
        bundle.EditManifest(manifest =>
        {
            manifest["features"]!.AsArray().First(feature => (string)feature!["name"]! == "duration")!["nullable"] = true;
            manifest["features"]!.AsArray().First(feature => (string)feature!["name"]! == "campaign")!["nullable"] = true;
        });
        var header = BankRows.Header.Replace(",campaign", "", StringComparison.Ordinal);
        const string Person = "41,management,married,tertiary";
        var rows = $"{header}\n{Person},1506,yes,\n{Person},1506,yes,NaN\n{Person},,yes,5\n";

        var result = await CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(rows), "score", bundle.Folder);

        Assert.Equal((1, 3), (result.ExitCode, BankRows.Lines(result.Output).Length));
        Assert.StartsWith(
            "There is no column 'campaign': it is scored as missing in every row.\nline 4: balance: Missing; must be an integer.\n",
            result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_category_that_the_trainer_never_saw_follows_the_bundles_policy()
    {
        using var models = new TemporaryModels();
        var strict = models.AddBank();
        var golden = File.ReadLines(strict.PathOf("golden.jsonl"));
        var known = golden.Where(line => !line.Contains("unknown-category", StringComparison.Ordinal));
        strict.Write("golden.jsonl", string.Join('\n', known));
        strict.EditManifest(manifest => manifest["unknownCategory"] = "reject");
        var rows = $"{BankRows.Header}\n{BankRows.Row.Replace("married", "maried", StringComparison.Ordinal)}\n";

        var lenient = await ScoreAsync(rows);
        var refused = await CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(rows), "score", strict.Folder);

        Assert.Equal(0, lenient.ExitCode);
        Assert.Contains("0 rejected; 1 value is unlike those seen in training.", lenient.Error, StringComparison.Ordinal);
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith(
            "line 2: marital: Unknown category; did you mean 'married'? Known: 'divorced', 'married', 'single'.",
            refused.Error,
            StringComparison.Ordinal);
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static Task<CliResult> ScoreAsync(string csv, params string[] arguments) =>
        CliProcess.RunWithInputAsync(Encoding.UTF8.GetBytes(csv), ["score", Repository.Bank, .. arguments]);
}
