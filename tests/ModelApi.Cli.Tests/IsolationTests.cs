using System.Text.Json;
using ModelApi.Cli.Tests.Fixtures;

namespace ModelApi.Cli.Tests;

/// <summary><c>check</c> and <c>pack</c> run graphs in a process of their own.</summary>
public sealed class IsolationTests : IDisposable
{
    private const long TeraByte = 1L << 40;

    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_check_says_the_same_with_isolation_and_without()
    {
        _models.AddBank("a");
        File.Delete(_models.AddBank("b").PathOf("encoder.onnx"));

        var isolated = await CliProcess.RunAsync("check", "--json", _models.Root);
        var inProcess = await CliProcess.RunAsync("check", "--json", "--isolation", "none", _models.Root);

        Assert.Equal(inProcess.Output, isolated.Output);
        Assert.Equal((ExitCodes.Faults, ExitCodes.Faults), (inProcess.ExitCode, isolated.ExitCode));
        using var results = JsonDocument.Parse(isolated.Output);
        Assert.Equal(
            [("a", "ready"), ("b", "failed")],
            results.RootElement.EnumerateArray().Select(result =>
                (result.GetProperty("model").GetString(), result.GetProperty("state").GetString())));
        Assert.Equal(200, results.RootElement[0].GetProperty("goldenRows").GetInt32());
    }

    [LinuxFact]
    public async Task A_check_survives_a_graph_that_takes_all_memory_and_goes_on_with_the_others()
    {
        _models.AddRegression("a-huge", HostileGraphs.Huge(16 * TeraByte));
        _models.AddRegression("b-growing", HostileGraphs.Growing());
        _models.AddBank("c");

        var result = await CliProcess.RunAsync("check", _models.Root);

        Assert.Equal(ExitCodes.Faults, result.ExitCode);
        Assert.Contains("failed  a-huge 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("failed  b-growing 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("ok      c 1", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split("more memory than 512 MB").Length - 1);
    }

    [LinuxFact]
    public async Task A_pack_refuses_a_graph_that_takes_all_memory_and_leaves_nothing_behind()
    {
        var graph = Path.Combine(_models.Root, "graph.onnx");
        var (reference, golden) = (Path.Combine(_models.Root, "rows.csv"), Path.Combine(_models.Root, "golden.jsonl"));
        await File.WriteAllBytesAsync(graph, HostileGraphs.Growing());
        await File.WriteAllTextAsync(reference, "x,y\n1.5,1.5\n2.5,2.5\n");
        await File.WriteAllTextAsync(golden, """{"input":{"x":1.5},"value":1.5}""");
        var output = Path.Combine(_models.Root, "models");

        var result = await CliProcess.RunAsync(
            "pack", graph, "--name", "growing", "--reference", reference, "--golden", golden, "--output", output);

        Assert.Equal(ExitCodes.Faults, result.ExitCode);
        Assert.Contains("more memory than 512 MB", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(output));
    }

    [Fact]
    public async Task The_switch_for_the_program_itself_is_refused_to_others()
    {
        var result = await CliProcess.RunAsync("--prove-bundle", "models/bank/1");

        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Output));
    }
}
