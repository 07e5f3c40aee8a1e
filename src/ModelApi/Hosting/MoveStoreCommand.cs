using Microsoft.Extensions.Options;
using ModelApi.Storage;

namespace ModelApi.Hosting;

/// <summary><c>ModelApi --move-store</c>: moves the store from SQLite to PostgreSQL, and exits.</summary>
internal static class MoveStoreCommand
{
    private const string Switch = "--move-store";

    public static bool IsAskedFor(string[] args) => args is [Switch, ..];

    /// <returns>0 when everything is in the database, or else 1: then nothing is.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var builder = WebApplication.CreateSlimBuilder(
                new WebApplicationOptions { Args = args[1..], ContentRootPath = ContentRoot.Find(args) });
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.AddStorage();
            await using var app = builder.Build();
            var move = new StoreMove(
                app.Services.GetRequiredService<IOptions<StorageOptions>>().Value, TimeProvider.System,
                app.Services.GetRequiredService<ILoggerFactory>());
            foreach (var (table, rows) in await move.RunAsync(CancellationToken.None))
            {
                await Console.Out.WriteLineAsync($"{table}: {rows}");
            }

            await Console.Out.WriteLineAsync("The store is in the database. Set Storage:ConnectionString for the server, and start it.");
            return 0;
        }
        catch (Exception exception) when (exception is StoreUnavailableException || StartupFailure.Explain(exception) is not null)
        {
            await Console.Error.WriteLineAsync("The store was not moved.");
            foreach (var line in StartupFailure.Explain(exception) ?? [exception.Message])
            {
                await Console.Error.WriteLineAsync(line);
            }

            return 1;
        }
    }
}
