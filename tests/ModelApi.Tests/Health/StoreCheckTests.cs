using Microsoft.Extensions.DependencyInjection;
using ModelApi.Storage;
using ModelApi.Tests.Fixtures;
using ModelApi.Tests.Storage;

namespace ModelApi.Tests.Health;

public sealed class StoreCheckTests
{
    [Fact]
    public async Task A_server_without_a_store_is_healthy_and_says_so()
    {
        using var host = new ModelApiHost();

        var check = await CheckAsync(host);

        Assert.Equal(("Healthy", "The server keeps no changes, because Storage:Folder is empty."), check);
    }

    [Fact]
    public async Task A_server_whose_data_folder_cannot_be_made_is_healthy_and_says_why()
    {
        using var host = ModelApiHost.With(("Storage:Folder", Path.Combine(typeof(StoreCheckTests).Assembly.Location, "data")));
        await FailToOpenAsync(host);

        var check = await CheckAsync(host);

        Assert.Equal(("Healthy", "The data folder cannot be used."), check);
    }

    [PostgresFact]
    public async Task A_store_that_is_away_degrades_a_server_that_stays_ready()
    {
        using var host = ModelApiHost.With(("Storage:ConnectionString", "Host=127.0.0.1;Port=1;Database=a;Username=a"));
        await FailToOpenAsync(host);

        var check = await CheckAsync(host);

        Assert.Equal(("Degraded", "The database cannot be reached. Predictions go on; changes are refused."), check);
    }

    private static Task<StoreUnavailableException> FailToOpenAsync(ModelApiHost host) => Assert.ThrowsAsync<StoreUnavailableException>(
        () => host.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None));

    private static async Task<(string? Status, string? Description)> CheckAsync(ModelApiHost host)
    {
        // A start waits some seconds for a store that is away, before it serves the folder of models as it is.
        var client = host.Client();
        var response = await client.GetAsync("/health/ready");
        for (var patience = 0; !response.IsSuccessStatusCode && patience < 300; patience++)
        {
            await Task.Delay(100);
            response.Dispose();
            response = await client.GetAsync("/health/ready");
        }

        Assert.True(response.IsSuccessStatusCode);
        var check = (await response.ReadJsonAsync()).GetProperty("checks").EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == "store");
        return (check.GetProperty("status").GetString(), check.GetProperty("description").GetString());
    }
}
