using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using ModelApi.Identity;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Hosting;

/// <summary>Says on the console, once the models are loaded, what is served, where the docs are and how to call it.</summary>
internal sealed class Announcement(
    IServer server, ModelLoading loading, ModelRegistry registry, ApiKeyStore keys, IHostEnvironment environment, IConfiguration configuration, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await WaitForStartAsync(stoppingToken);
            await loading.Completion.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopped before there is anything to say.
            return;
        }

        // Not among JSON lines, which programs read. A test host has no addresses and nobody who reads.
        if (configuration["Logging:Console:FormatterName"] != ConsoleFormatterNames.Json
            && server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address)
        {
            await Console.Out.WriteAsync(Text(PublicAddress(address)));
        }
    }

    private async Task WaitForStartAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private string Text(string address)
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine(Invariant($"  ModelApi {Product.Version} on {address} ({environment.EnvironmentName})")).AppendLine();
        var snapshot = registry.Snapshot;
        foreach (var version in snapshot.Models.SelectMany(model => model.Versions))
        {
            Describe(version, text);
        }

        if (snapshot.RootFault is { } fault)
        {
            text.AppendLine(Invariant($"  no model  {fault}"));
        }

        text.AppendLine().AppendLine(Invariant($"  docs      {address}/docs"));
        if (snapshot.Find(registry.DefaultModel)?.Production is { Manifest: { } manifest })
        {
            var token = keys.HoldsDevelopmentKey ? DevelopmentKey.Value : "$MODELAPI_KEY";
            var example = manifest.Signature.Example().ToJsonString().Replace("'", "'\\''", StringComparison.Ordinal);
            text.AppendLine(Invariant($"  try       curl {address}/predict -H \"Authorization: Bearer {token}\" -H 'Content-Type: application/json' -d '{example}'"));
        }

        return text.AppendLine().ToString();
    }

    private static void Describe(ModelVersion version, StringBuilder text)
    {
        if (version.State == VersionState.Ready)
        {
            text.AppendLine(Invariant($"  ready     {version.Model} {version.Version}, {version.Scorer!.Engine}"));
        }
        else
        {
            text.AppendLine(Invariant($"  failed    {version.Model} {version.Version}; the log above and GET /models say why"));
        }
    }

    private static string PublicAddress(string address) => address
        .Replace("//+", "//localhost", StringComparison.Ordinal)
        .Replace("//*", "//localhost", StringComparison.Ordinal)
        .Replace("//[::]", "//localhost", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
