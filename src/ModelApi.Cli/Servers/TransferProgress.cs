using System.Globalization;
using Spectre.Console;

namespace ModelApi.Cli.Servers;

/// <summary>Shows how much of an archive was sent or received: a bar on a terminal, one line elsewhere.</summary>
internal static class TransferProgress
{
    private const double Mebibyte = 1024 * 1024;

    /// <summary>Runs a transfer.</summary>
    /// <param name="what">What is transferred, such as "Sending bank 2".</param>
    /// <param name="bytes">How much there is, or null where that is not known.</param>
    /// <param name="transfer">Reports the bytes so far to what it gets.</param>
    public static async Task<T> RunAsync<T>(string what, long? bytes, Func<Action<long>, Task<T>> transfer)
    {
        var size = bytes is { } known ? string.Create(CultureInfo.InvariantCulture, $" ({known / Mebibyte:0.0} MiB)") : "";
        if (Console.IsErrorRedirected)
        {
            Report($"{what}{size}");
            return await transfer(_ => { });
        }

        ProgressColumn[] columns = bytes is null
            ? [new SpinnerColumn(), new TaskDescriptionColumn(), new DownloadedColumn(), new TransferSpeedColumn()]
            :
            [
                new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(),
                new RemainingTimeColumn(),
            ];
        return await CommandRunner.Console.Progress().AutoClear(true).Columns(columns).StartAsync(context =>
        {
            var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, bytes ?? 1));
            return transfer(done => task.Value = done);
        });
    }

    /// <summary>Writes a line about what goes on.</summary>
    public static void Report(string line) => Console.Error.WriteLine(line);
}
