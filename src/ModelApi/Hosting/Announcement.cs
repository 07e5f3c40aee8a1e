using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using ModelApi.Inference.Registry;
using ModelApi.Models;
using ModelApi.Telemetry;

namespace ModelApi.Hosting;

/// <summary>Announces the server once its port is open and the default model is ready or failed.</summary>
internal sealed class Announcement(
    IServer server, ModelLoading loading, ModelRegistry registry, Banner banner, IHostEnvironment environment, IConfiguration configuration,
    IHostApplicationLifetime lifetime, ILogger<Announcement> logger)
    : BackgroundService
{
    // Formatters whose lines are for people; the others' are for programs.
    private static readonly string?[] ForPeople = [null, "", LineFormatter.FormatterName, ConsoleFormatterNames.Simple];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await WaitForStartAsync(stoppingToken);
            await WaitForDefaultModelAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops before there is anything to announce.
            return;
        }

        var snapshot = registry.Snapshot;
        var missing = MissingDefault.Explain(snapshot, registry.DefaultModel);
        if (missing is not null)
        {
            logger.DefaultModelMissing(missing);
        }

        // The server of a test has no address.
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(ReachableAddress).ToList() is not { Count: > 0 } addresses)
        {
            return;
        }

        if (ForPeople.Contains(configuration["Logging:Console:FormatterName"]))
        {
            await WriteAsync(banner.Text(addresses, snapshot, missing));
        }
        else
        {
            logger.Listening(Product.Version, string.Join(", ", addresses), environment.EnvironmentName);
        }
    }

    private static async Task WriteAsync(string text)
    {
        try
        {
            await Console.Out.WriteAsync(text);
        }
        catch (IOException)
        {
            // The console's reader is gone or its disk is full. A background service that fails would stop the server.
        }
    }

    private async Task WaitForStartAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private async Task WaitForDefaultModelAsync(CancellationToken stoppingToken)
    {
        var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Check()
        {
            if (registry.Snapshot is { IsScanned: true } snapshot && snapshot.Find(registry.DefaultModel) is not { IsLoading: true })
            {
                decided.TrySetResult();
            }
        }

        registry.Published += Check;
        try
        {
            Check();
            await await Task.WhenAny(decided.Task, loading.Completion).WaitAsync(stoppingToken);
        }
        finally
        {
            registry.Published -= Check;
        }
    }

    private static string ReachableAddress(string address) => address
        .Replace("//+", "//localhost", StringComparison.Ordinal)
        .Replace("//*", "//localhost", StringComparison.Ordinal)
        .Replace("//[::]", "//localhost", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
}
