using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'scor' is not a command of 'modelapi'; did you mean 'score'?", "scor", "models/bank/1", "rows.csv")]
    [InlineData("'--jsn' is not an option of 'modelapi check'; did you mean '--json'?", "check", "models", "--jsn")]
    [InlineData("'--jsn' is not an option of 'modelapi describe'; did you mean '--json'?", "describe", "--jsn")]
    [InlineData("'--refrence' is not an option of 'modelapi pack'; did you mean '--reference'?", "pack", "a.onnx", "--refrence", "b.csv")]
    [InlineData("'--ouput' is not an option of 'modelapi score'; did you mean '--output'?", "score", "models/bank", "--ouput", "b.csv")]
    [InlineData("'--forse' is not an option of 'modelapi score'; did you mean '--force'?", "score", "models/bank", "-o", "--forse")]
    [InlineData("'--bogus' is not an option of 'modelapi'.", "--bogus")]
    [InlineData("'c' is one argument too many for 'modelapi describe'.", "describe", "b", "c")]
    [InlineData("Option '--reference' is required.", "pack", "a.onnx", "--name", "a", "--golden", "b.jsonl")]
    [InlineData("Argument 'xml' not recognized. Must be one of: 'csv' 'jsonl'", "score", "models/bank", "--format", "xml")]
    [InlineData("--delimiter takes one ASCII character other than a quote, or the word tab.", "score", "models/bank", "--delimiter", "::")]
    [InlineData("--tolerance abc: must be a number.", "pack", "a.onnx", "--name", "a", "--reference", "b.csv", "--tolerance", "abc")]
    [InlineData("--golden-rows 1.5: must be a whole number.", "pack", "a", "--name", "a", "--reference", "b", "--golden-rows", "1.5")]
    [InlineData(
        "--golden-rows 0: must be 1 to 1000, as many as a server reads.",
        "pack", "a", "--name", "a", "--reference", "b", "--golden-rows", "0")]
    [InlineData(
        "--tolerance-reason: there is no --tolerance that it is the reason for.",
        "pack", "a.onnx", "--name", "a", "--reference", "b.csv", "--tolerance-reason", "why not")]
    [InlineData(
        "--tolerance nan: must be greater than 0 and at most 0.001. A model that differs more from its trainer is another.",
        "pack", "a.onnx", "--name", "a", "--reference", "b.csv", "--tolerance", "nan")]
    public async Task A_wrong_command_line_exits_64_and_names_the_mistake(string message, params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);

        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        var lines = BankRows.Lines(result.Error);
        Assert.Equal(message, lines[0]);
        Assert.EndsWith("--help' lists the arguments and options.", Assert.Single(lines[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_after_two_dashes_is_a_path()
    {
        var result = await CliProcess.RunAsync("check", "--", "--json");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("There is no folder '--json'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tool_alone_shows_its_help_and_exits_64()
    {
        var bare = await CliProcess.RunAsync();
        var asked = await CliProcess.RunAsync("--help");

        Assert.Equal((64, "", 0, ""), (bare.ExitCode, bare.Output, asked.ExitCode, asked.Error));
        Assert.Equal(asked.Output, bare.Error);
        Assert.All(
            ["pack", "check", "score", "describe", "push", "promote", "rollback", "alias", "rollout", "list", "history", "diff", "pull"],
            command => Assert.Contains($"\n  {command} <", asked.Output, StringComparison.Ordinal));
        Assert.All(["0 ", "1 ", "2 ", "3 ", "4 ", "64 ", "130 "], code => Assert.Contains($"\n  {code}", asked.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pack")]
    [InlineData("check")]
    [InlineData("score")]
    [InlineData("describe")]
    public async Task A_command_alone_shows_its_help_which_breaks_lines_between_words(string command)
    {
        var bare = await CliProcess.RunAsync(command);
        var asked = await CliProcess.RunAsync(command, "--help");

        Assert.Equal((64, "", 0, ""), (bare.ExitCode, bare.Output, asked.ExitCode, asked.Error));
        Assert.EndsWith(asked.Output, bare.Error, StringComparison.Ordinal);
        Assert.Contains($"missing for command: '{command}'.\n", bare.Error[..^asked.Output.Length], StringComparison.Ordinal);
        Assert.InRange(BankRows.Lines(asked.Output).Max(line => line.TrimEnd().Length), 80, 100);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(100)]
    public void Notes_keep_their_words_whole_and_their_indentation_at_any_width(int width)
    {
        var lines = CommandHelp.Wrap(ExitCodes.Notes, width).Split(Environment.NewLine);

        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        Assert.Equal(Words(ExitCodes.Notes), Words(string.Join('\n', lines)));
        Assert.All(lines[1..], line => Assert.StartsWith(char.IsDigit(line[2]) ? "  " : "       ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_the_products()
    {
        var result = await CliProcess.RunAsync("--version");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"\A[0-9]+\.[0-9]+\.[0-9]+", result.Output);
    }

    [Theory]
    [InlineData("There is no bundle in '", "check", ".")]
    [InlineData("There is no folder '", "check", "nowhere")]
    [InlineData("There is no folder '", "describe", "nowhere")]
    [InlineData("is a file; give the folder of a bundle, such as models/bank/1.", "check", "rows.csv")]
    public async Task A_path_without_a_bundle_exits_2_and_is_named(string message, string command, string path)
    {
        _folder.Write("rows.csv", BankRows.Csv(1));

        var result = await CliProcess.RunAsync(command, _folder.PathOf(path));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, Assert.Single(BankRows.Lines(result.Error)), StringComparison.Ordinal);
        Assert.Contains($"'{_folder.PathOf(path)}'", result.Error, StringComparison.Ordinal);
    }

    private static string[] Words(string text) => text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
