using System.Collections.Concurrent;
using System.Text.Json;

namespace ModelApi.Deployments.Rollouts;

/// <summary>The rollouts in progress, by model.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RolloutRuns(TimeProvider time, ILogger<RolloutRuns> logger)
{
    private readonly ConcurrentDictionary<string, RolloutRun> _runs = new(StringComparer.Ordinal);

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

        var settings = RolloutSettings.OfJson(settingsJson);
        return _runs.AddOrUpdate(
            model,
            _ => new RolloutRun(model, settings, ReadState(model, stateJson), time),
            (_, run) => run.Settings.Id == settings.Id ? run : new RolloutRun(model, settings, ReadState(model, stateJson), time));
    }

    private RolloutState? ReadState(string model, string? json)
    {
        try
        {
            return json is null ? null : RolloutState.OfJson(json);
        }
        catch (JsonException exception)
        {
            // Statistics that cannot be read must not keep the rollout from going on.
            logger.UnreadableState(model, exception);
            return null;
        }
    }
}
