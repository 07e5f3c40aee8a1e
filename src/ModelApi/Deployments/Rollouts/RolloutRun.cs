using ModelApi.Inference.Registry;

namespace ModelApi.Deployments.Rollouts;

/// <summary>A rollout in progress: its settings, and what was seen so far.</summary>
internal sealed class RolloutRun
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly RolloutStatistics _statistics;
    private readonly long _droppedBefore;
    private long _dropped;
    private VersionComparer? _comparer;
    private volatile RolloutVerdict? _verdict;

    /// <param name="model">The model.</param>
    /// <param name="settings">What was asked.</param>
    /// <param name="state">What was seen before a restart; null for nothing, and of no use when it belongs to another rollout.</param>
    /// <param name="time">The clock.</param>
    public RolloutRun(string model, RolloutSettings settings, RolloutState? state, TimeProvider time)
    {
        (Model, Settings, _time) = (model, settings, time);
        _statistics = state?.Id == settings.Id
            ? RolloutStatistics.Of(settings.MinimumRows, state)
            : new RolloutStatistics(settings.MinimumRows);
        _droppedBefore = _statistics.Dropped;
    }

    public string Model { get; }

    public RolloutSettings Settings { get; }

    /// <summary>What it ends in; null while it goes on. Never changes once it is there.</summary>
    public RolloutVerdict? Verdict => _verdict;

    /// <summary>Grows with what was seen.</summary>
    public long Seen { get; private set; }

    /// <summary>Counts a call that is not compared because there is too much to do.</summary>
    public void Drop() => Interlocked.Increment(ref _dropped);

    /// <summary>Adds a call that both versions have answered or refused, and judges.</summary>
    public void Add(ModelVersion production, ModelVersion candidate, Replay old, Replay replayed)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_comparer?.Production, production) || !ReferenceEquals(_comparer.Candidate, candidate))
            {
                _comparer = new VersionComparer(production, candidate);
            }

            _comparer.Compare(old, replayed, _statistics);
            Seen++;
        }

        Judge();
    }

    /// <summary>Judges what was seen; time alone can bring a verdict.</summary>
    public void Judge()
    {
        lock (_lock)
        {
            _verdict ??= RolloutJudge.Decide(Settings, _statistics, _time.GetUtcNow() - Settings.Started);
        }
    }

    /// <summary>What was seen, for people.</summary>
    public RolloutComparison ToComparison()
    {
        lock (_lock)
        {
            CountDropped();
            return RolloutComparison.Of(_statistics);
        }
    }

    /// <summary>What was seen, for the store.</summary>
    public RolloutState ToState()
    {
        lock (_lock)
        {
            CountDropped();
            return _statistics.ToState(Settings.Id);
        }
    }

    private void CountDropped() => _statistics.Dropped = _droppedBefore + Interlocked.Read(ref _dropped);
}
