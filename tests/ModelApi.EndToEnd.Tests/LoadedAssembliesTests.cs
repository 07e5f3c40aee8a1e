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

    [LinuxFact]
    public async Task A_server_whose_store_is_up_to_date_loads_SQLite_alone()
    {
        var data = Directory.CreateTempSubdirectory("modelapi-data-").FullName;
        try
        {
            await using (var first = await ServerProcess.StartAsync(("Storage__Folder", data)))
            {
                await WaitUntilAsync(() => first.Output.Contains("The store is open", StringComparison.Ordinal));
            }

            await using var server = await ServerProcess.StartAsync(("Storage__Folder", data));
            await WaitUntilAsync(() => server.Output.Contains("The store is open", StringComparison.Ordinal));

            var maps = await File.ReadAllTextAsync($"/proc/{server.Id}/maps");
            Assert.Contains("Microsoft.Data.Sqlite.dll", maps, StringComparison.Ordinal);
            Assert.DoesNotContain("Npgsql.dll", maps, StringComparison.Ordinal);
            Assert.DoesNotContain("dbup", maps, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var patience = 0; !condition(); patience++)
        {
            Assert.True(patience < 600, "The store was not opened.");
            await Task.Delay(50);
        }
    }
}
