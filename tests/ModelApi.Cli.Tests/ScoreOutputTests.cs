using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

/// <summary>Where outputs may go: never over the input, and over another file only with --force.</summary>
public sealed class ScoreOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rows.csv")]
    [InlineData("folder/../rows.csv")]
    [InlineData("link.csv")]
    [InlineData("link-to-folder/rows.csv")]
    public async Task An_output_that_is_the_input_is_refused_even_with_force(string output)
    {
        var input = _folder.Write("rows.csv", BankRows.Csv(3));
        Directory.CreateDirectory(_folder.PathOf("folder"));
        File.CreateSymbolicLink(_folder.PathOf("link.csv"), input);
        Directory.CreateSymbolicLink(_folder.PathOf("link-to-folder"), _folder.Root);

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", Path.Combine(_folder.Root, output), "--force");

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("is the input; give another file.", Assert.Single(BankRows.Lines(result.Error)), StringComparison.Ordinal);
        Assert.Equal(BankRows.Csv(3), await File.ReadAllTextAsync(input));
    }

    [Fact]
    public void A_different_case_is_the_same_file_only_where_the_file_system_says_so()
    {
        _folder.Write("rows.csv", "");
        var ignoresCase = File.Exists(_folder.PathOf("ROWS.CSV"));

        Assert.Equal(ignoresCase, FilePlace.AreSame(_folder.PathOf("rows.csv"), _folder.PathOf("ROWS.CSV")));
        Assert.True(FilePlace.AreSame(_folder.PathOf("none.csv"), _folder.PathOf("./none.csv")));
        Assert.False(FilePlace.AreSame(_folder.PathOf("rows.csv"), _folder.PathOf("other.csv")));
    }

    [Fact]
    public void Links_in_a_circle_end()
    {
        File.CreateSymbolicLink(_folder.PathOf("a"), _folder.PathOf("b"));
        File.CreateSymbolicLink(_folder.PathOf("b"), _folder.PathOf("a"));

        Assert.False(FilePlace.AreSame(_folder.PathOf("a"), _folder.PathOf("c")));
    }

    [Theory]
    [InlineData("out.csv")]
    [InlineData("no.jsonl")]
    public async Task An_existing_output_or_file_of_rejects_is_only_replaced_with_force(string existing)
    {
        var input = _folder.Write("rows.csv", BankRows.Csv(3) + "damaged\n");
        _folder.Write(existing, "of an earlier run");
        string[] command = ["score", Repository.Bank, input, "-o", _folder.PathOf("out.csv"), "--rejects", _folder.PathOf("no.jsonl")];

        var refused = await CliProcess.RunAsync(command);
        var kept = await File.ReadAllTextAsync(_folder.PathOf(existing));
        var before = _folder.Names.ToList();
        var forced = await CliProcess.RunAsync([.. command, "--force"]);

        Assert.Equal((2, 1), (refused.ExitCode, forced.ExitCode));
        Assert.Equal($"'{_folder.PathOf(existing)}' exists: give another file, or replace it with --force.\n", refused.Error);
        Assert.Equal("of an earlier run", kept);
        Assert.Equal([existing, "rows.csv"], before);
        Assert.Equal(4, (await File.ReadAllLinesAsync(_folder.PathOf("out.csv"))).Length);
        Assert.Single(await File.ReadAllLinesAsync(_folder.PathOf("no.jsonl")));
    }

    [Fact]
    public async Task A_device_that_exists_is_written_without_force()
    {
        var input = _folder.Write("rows.csv", BankRows.Csv(3));

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", "/dev/stdout");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(4, BankRows.Lines(result.Output).Length);
    }

    [Fact]
    public async Task Replacing_through_a_link_keeps_the_link()
    {
        var input = _folder.Write("rows.csv", BankRows.Csv(3));
        _folder.Write("old.csv", "old");
        File.CreateSymbolicLink(_folder.PathOf("link.csv"), _folder.PathOf("old.csv"));

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", _folder.PathOf("link.csv"), "--force");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(4, (await File.ReadAllLinesAsync(_folder.PathOf("old.csv"))).Length);
        Assert.Equal(_folder.PathOf("old.csv"), new FileInfo(_folder.PathOf("link.csv")).LinkTarget);
    }
}
