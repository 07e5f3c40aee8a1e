using ModelApi.EndToEnd.Tests.Fixtures;

namespace ModelApi.EndToEnd.Tests;

/// <summary>What a server has in memory; https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html lists it.</summary>
public sealed class LoadedAssembliesTests
{
    [LinuxFact]
    public async Task A_server_without_models_that_ML_NET_runs_loads_nothing_of_it()
    {
        await using var server = await ServerProcess.StartAsync();
        await server.WaitUntilLoadedAsync();

        var maps = await File.ReadAllTextAsync($"/proc/{server.Id}/maps");

        Assert.Contains("ModelApi.Inference.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.ML.Core.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.ML.Data.dll", maps, StringComparison.Ordinal);
    }
}
