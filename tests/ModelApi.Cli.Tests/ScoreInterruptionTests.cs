using System.Text;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

public sealed class ScoreInterruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CliProcess.Interrupt)]
    [InlineData(CliProcess.Terminate)]
    [InlineData(CliProcess.HangUp)]
    public async Task A_signal_in_the_middle_leaves_nothing_half_written(int signal)
    {
        await using var cli = CliProcess.Start("score", Repository.Bank, "-", "-o", _folder.PathOf("out.csv"));
        var more = string.Concat(Enumerable.Repeat(BankRows.Row + "\n", 50_000));
        await cli.Input.WriteAsync(Encoding.UTF8.GetBytes($"{BankRows.Csv(50_000)}damaged\n{more}"));
        await cli.Input.FlushAsync();

        // Both files are being written, and standard input is still open, so the command has not ended by itself.
        await CliProcess.WaitAsync(() => Directory.EnumerateFiles(_folder.Root).Count(file => new FileInfo(file).Length > 0) == 2);
        Assert.DoesNotContain("out.csv", _folder.Names);
        cli.Signal(signal);
        var result = await cli.WaitForExitAsync();

        Assert.Equal((130, "Stopped.\n"), (result.ExitCode, result.Error));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task A_signal_while_standard_input_gives_nothing_is_obeyed()
    {
        _folder.Write("out.csv", "of an earlier run");
        await using var cli = CliProcess.Start("score", Repository.Bank, "-", "-o", _folder.PathOf("out.csv"), "--force");
        await cli.WaitUntilSignalsAreHandledAsync();

        cli.Signal(CliProcess.Interrupt);
        var result = await cli.WaitForExitAsync();

        Assert.Equal((130, "Stopped.\n"), (result.ExitCode, result.Error));
        Assert.Equal("of an earlier run", await File.ReadAllTextAsync(_folder.PathOf("out.csv")));
        Assert.Equal(["out.csv"], _folder.Names);
    }

    [FullDiskFact]
    public async Task A_full_disk_leaves_nothing_half_written()
    {
        var disk = Directory.CreateDirectory(_folder.PathOf("disk")).FullName;
        using var small = new SmallDisk(disk, kilobytes: 256);
        var input = _folder.Write("rows.csv", BankRows.Csv(45_211));

        var result = await CliProcess.RunAsync("score", Repository.Bank, input, "-o", Path.Combine(disk, "out.csv"));

        Assert.Equal(2, result.ExitCode);
        var line = Assert.Single(BankRows.Lines(result.Error));
        Assert.Contains("out.csv' cannot be written: No space left on device", line, StringComparison.Ordinal);
        Assert.EndsWith(" No output was kept.", line, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
    }

    [FullDiskFact]
    public async Task A_disk_that_is_full_of_rejects_leaves_no_output_either()
    {
        var disk = Directory.CreateDirectory(_folder.PathOf("disk")).FullName;
        using var small = new SmallDisk(disk, kilobytes: 256);
        var input = _folder.Write("rows.csv", $"{BankRows.Csv(10)}{string.Concat(Enumerable.Repeat("damaged\n", 20_000))}");

        var result = await CliProcess.RunAsync(
            "score", Repository.Bank, input, "-o", _folder.PathOf("out.csv"), "--rejects", Path.Combine(disk, "rejects.jsonl"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("rejects.jsonl' cannot be written", Assert.Single(BankRows.Lines(result.Error)), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
        Assert.Equal(["disk", "rows.csv"], _folder.Names);
    }
}
