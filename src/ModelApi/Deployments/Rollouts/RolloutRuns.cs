using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ModelApi.Deployments.Rollouts;

/// <summary>The rollouts in progress, by model.</summary>
/// <remarks>Thread-safe.</remarks>
[SuppressMessage(
    "Design", "CA1001", Justification = "The semaphore has no wait handle to free, and there is news until the server has stopped.")]
internal sealed class RolloutRuns(TimeProvider time, ILogger<RolloutRuns> logger)
{
    private readonly ConcurrentDictionary<string, RolloutRun> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0);

    /// <summary>All of them.</summary>
    public IEnumerable<RolloutRun> All => _runs.Values;

    /// <summary>The rollout of a model, or null.</summary>
    public RolloutRun? Find(string model) => _runs.GetValueOrDefault(model);

    /// <summary>Makes the rollout of a model the one that the store has. One that goes on keeps what it has seen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settingsJson">Its rollout, as <see cref="RolloutSettings.ToJson"/> writes it; null for none.</param>
    /// <param name="stateJson">What was seen of it, as <see cref="RolloutState.ToJson"/> writes it; null for nothing.</param>
    /// <returns>The rollout, or null.</returns>
    public RolloutRun? Follow(string model, string? settingsJson, string? stateJson)
    {
        if (settingsJson is null)
        {
            _runs.TryRemove(model, out _);
            return null;
        }

        if (TryRead(model, settingsJson, RolloutSettings.OfJson) is not { } settings)
        {
            return null;
        }

        var run = _runs.AddOrUpdate(
            model,
            _ => new RolloutRun(model, settings, TryRead(model, stateJson, RolloutState.OfJson), time),
            (_, run) => run.Settings.Id == settings.Id
                ? run
                : new RolloutRun(model, settings, TryRead(model, stateJson, RolloutState.OfJson), time));
        Tell();
        return run;
    }

    /// <summary>Says that there is a new rollout, or a verdict on one.</summary>
    public void Tell() => _news.Release();

    /// <summary>Waits until there is something new, or for some time.</summary>
    public Task WaitAsync(TimeSpan patience, CancellationToken cancellationToken) => _news.WaitAsync(patience, cancellationToken);

    // What cannot be read, such as the state of a newer server, must not keep the model from being served.
    private T? TryRead<T>(string model, string? json, Func<string, T> read)
        where T : class
    {
        try
        {
            return json is null ? null : read(json);
        }
        catch (JsonException exception)
        {
            logger.Unreadable(model, exception);
            return null;
        }
    }
}
