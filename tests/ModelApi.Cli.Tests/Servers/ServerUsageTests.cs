using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests.Servers;

public sealed class ServerUsageTests
{
    private const string Server = "http://127.0.0.1:9";

    [Theory]
    [InlineData("Say which server: --server http://localhost:8900, or the environment variable MODELAPI_SERVER.", "list")]
    [InlineData("'localhost:8900' is no address of a server; it must be like http://localhost:8900.", "list", "--server", "localhost:8900")]
    [InlineData(
        "The token holds a space, a line break or a letter that no token can hold.", "list", "--server", Server, "--token", "a b")]
    [InlineData("Give either --promote or --stage.", "push", "models/bank", "--server", Server, "--promote", "--stage", "Staging")]
    [InlineData(
        "A rollout of push ends in a promotion: add --promote. 'modelapi rollout' begins one without.",
        "push", "models/bank", "--server", Server, "--canary", "10")]
    [InlineData(
        "--minimum-rows belongs to a rollout: add --canary PERCENT or --shadow.",
        "promote", "bank", "2", "--server", Server, "--minimum-rows", "10")]
    [InlineData("A rollout is either --canary or --shadow.", "rollout", "bank", "2", "--server", Server, "--canary", "1", "--shadow")]
    [InlineData("A rollout needs a version, and --canary PERCENT or --shadow.", "rollout", "bank", "2", "--server", Server)]
    [InlineData("--end takes the model alone.", "rollout", "bank", "2", "--server", Server, "--end")]
    [InlineData("A rollout leads to production: leave --stage out.",
        "promote", "bank", "2", "--server", Server, "--stage", "Staging", "--shadow")]
    [InlineData("Give either the version that the alias names, or --delete.", "alias", "bank", "champion", "--server", Server)]
    public async Task Options_that_do_not_fit_are_named_before_anything_is_sent(string message, params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);

        Assert.Equal((64, "", message), (result.ExitCode, result.Output, result.Error.TrimEnd()));
    }

    [Theory]
    [InlineData("--canary 101: must be from 0 to 100.", "--canary", "101")]
    [InlineData("--max-error-rate 2: must be from 0 to 1.", "--max-error-rate", "2")]
    [InlineData("--max-latency-ratio -1: must not be negative.", "--max-latency-ratio", "-1")]
    [InlineData("--timeout -5: must be from 0 to 31536000 seconds.", "--timeout", "-5")]
    public async Task Numbers_out_of_range_are_named(string message, params string[] options)
    {
        var result = await CliProcess.RunAsync(["promote", "bank", "2", "--server", Server, .. options]);

        Assert.Equal(64, result.ExitCode);
        Assert.StartsWith(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_is_one_line_and_exit_code_2()
    {
        var result = await CliProcess.RunAsync("list", "--server", Server);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        var line = Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.StartsWith($"The server {Server}/ cannot be reached: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_bundle_is_not_sent()
    {
        using var folder = new TemporaryFolder();
        var text = Path.Combine(folder.Root, "bundle.txt");
        var zip = Path.Combine(folder.Root, "bundle.zip");
        await File.WriteAllTextAsync(text, "no bundle");
        await File.WriteAllTextAsync(zip, "no zip");

        var results = new[]
        {
            await CliProcess.RunAsync("push", text, "--server", Server),
            await CliProcess.RunAsync("push", zip, "--server", Server),
            await CliProcess.RunAsync("push", Path.Combine(folder.Root, "missing"), "--server", Server),
        };

        Assert.Equal([2, 1, 2], results.Select(result => result.ExitCode));
        Assert.Contains("is no bundle: give a folder such as models/bank/1", results[0].Error, StringComparison.Ordinal);
        Assert.Contains("holds no bundle that can be read", results[1].Error, StringComparison.Ordinal);
        Assert.Contains("There is no folder", results[2].Error, StringComparison.Ordinal);
    }
}
