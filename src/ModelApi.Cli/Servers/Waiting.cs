using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ModelApi.Cli.Servers;

/// <summary>Waits for what a server does by itself, and tells about it.</summary>
internal sealed class Waiting
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // A server that is started anew is away for a while.
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromSeconds(60);

    private readonly ServerClient _client;
    private readonly string _model;
    private readonly string _version;
    private readonly TimeSpan _timeout;
    private readonly long _start = Stopwatch.GetTimestamp();
    private string _told = "";

    /// <param name="client">The server.</param>
    /// <param name="model">The model.</param>
    /// <param name="version">The version that is waited for.</param>
    /// <param name="timeout">How long to wait at most.</param>
    public Waiting(ServerClient client, string model, string version, TimeSpan timeout) =>
        (_client, _model, _version, _timeout) = (client, model, version, timeout);

    /// <summary>Waits until the version is ready, or has failed.</summary>
    /// <exception cref="CommandException">It failed, was disabled, or it took too long.</exception>
    public async Task<Reply<VersionInfo>> ForReadyAsync(CancellationToken cancellationToken)
    {
        var reply = await PollAsync(
            async () =>
            {
                var found = await _client.GetVersionAsync(_model, _version, cancellationToken);
                Tell(found.Value.State);
                return found.Value.IsSettled ? found : null;
            },
            "is not ready",
            cancellationToken);
        var version = reply.Value;
        if (version.State == "ready")
        {
            return reply;
        }

        var faults = (version.Faults ?? []).Select(fault => $"  {fault}");
        var more = version.FaultCount - (version.Faults?.Count ?? 0);
        throw new CommandException(
            string.Join(Environment.NewLine,
            [
                $"Version {_version} of model '{_model}' is {version.State}{(version.Faults is { Count: > 0 } ? ":" : ".")}",
                .. faults,
                .. more > 0 ? [$"  and {more} more"] : Array.Empty<string>(),
            ]),
            ExitCodes.Faults);
    }

    /// <summary>Waits until the version's rollout has ended.</summary>
    /// <returns>The model, with the version in production.</returns>
    /// <exception cref="CommandException">The version was withdrawn, or it took too long.</exception>
    public async Task<Reply<ModelInfo>> ForPromotionAsync(CancellationToken cancellationToken)
    {
        var end = await PollAsync(() => FindEndAsync(cancellationToken), "is still in its rollout", cancellationToken);
        if (end.Value.Production == _version)
        {
            return end;
        }

        var history = (await _client.GetHistoryAsync(_model, 20, before: null, cancellationToken)).Value.Entries;
        var last = history.FirstOrDefault(entry => entry.Version == _version);
        var reason = last?.Detail is { ValueKind: System.Text.Json.JsonValueKind.Object } detail
            && detail.TryGetProperty("reason", out var text) ? $": {text}" : ".";
        throw new CommandException(
            last?.Action == "withdraw"
                ? $"Version {_version} of model '{_model}' was withdrawn{reason}"
                : $"The rollout of version {_version} of model '{_model}' was ended before it was promoted.",
            ExitCodes.Faults);
    }

    private async Task<Reply<ModelInfo>?> FindEndAsync(CancellationToken cancellationToken)
    {
        if (await TryGetRolloutAsync(cancellationToken) is { } rollout && rollout["version"]?.ToString() == _version)
        {
            Tell(RolloutReport.OneLine(rollout));
            return null;
        }

        return await _client.GetModelAsync(_model, cancellationToken);
    }

    private async Task<JsonObject?> TryGetRolloutAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.GetRolloutAsync(_model, cancellationToken)).Value;
        }
        catch (ServerRefusal refusal) when (refusal.Status == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<T> PollAsync<T>(Func<Task<T?>> look, string still, CancellationToken cancellationToken)
        where T : class
    {
        var seen = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
        {
            try
            {
                if (await look() is { } found)
                {
                    return found;
                }

                seen = Stopwatch.GetTimestamp();
            }
            catch (CommandException exception) when (IsPassing(exception) && Stopwatch.GetElapsedTime(seen) < LongestAbsence)
            {
                Tell(exception.Message);
            }

            if (Stopwatch.GetElapsedTime(_start) > _timeout)
            {
                throw new CommandException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Version {_version} of model '{_model}' {still} after {_timeout.TotalSeconds:0.#} seconds (--timeout)."),
                    ExitCodes.TimedOut);
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    // No answer at all, or one that says that the server is not ready for others yet.
    private static bool IsPassing(CommandException exception) =>
        exception is not ServerRefusal refusal || (int)refusal.Status is 502 or 503 or 504 or 429;

    private void Tell(string state)
    {
        if (state != _told)
        {
            _told = state;
            TransferProgress.Report($"{_model} {_version}: {state}");
        }
    }
}
