using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using ModelApi.Inference.Registry;
using ModelApi.Limits;
using ModelApi.Overload;
using ModelApi.Predictions;

namespace ModelApi.Deployments.Rollouts;

/// <summary>
/// Lets both versions of a rollout answer the copied calls, on one thread of the lowest priority: it takes what predictions leave, and
/// where many calls come, a tenth of one core at most.
/// </summary>
/// <remarks>
/// The versions are timed by the same thread on the same calls, in turns first, so that neither has the better conditions.
/// </remarks>
internal sealed class RolloutWorker(
    RolloutQueue queue,
    RolloutRuns runs,
    ModelRegistry registry,
    RequestMemory memory,
    IOptions<LimitsOptions> limits,
    ILogger<RolloutWorker> logger) : IDisposable
{
    // A request does not wake the thread, which looks by itself.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(5);

    // Work for so long, and rest nine times as long while calls wait: where all cores have work, callers notice any more than that.
    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(100);
    private const int RestPerWork = 9;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Replay _production = new();
    private readonly Replay _candidate = new();
    private readonly Lock _lock = new();
    private Thread? _thread;
    private volatile bool _isNeeded;
    private bool _isCandidateFirst;

    /// <summary>Says whether there are rollouts; without any, the thread ends.</summary>
    public void Need(bool isNeeded)
    {
        lock (_lock)
        {
            _isNeeded = isNeeded;
            if (isNeeded && _thread is not { IsAlive: true } && !_stopping.IsCancellationRequested)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Rollouts", Priority = ThreadPriority.Lowest };
                _thread.Start();
            }
        }
    }

    public void Dispose() => _stopping.Cancel();

    private void Run()
    {
        LowPriority.Idle();
        var began = Stopwatch.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            if (queue.TryTake(out var sample))
            {
                Compare(sample);
                if (Stopwatch.GetElapsedTime(began) is var worked && worked >= Stretch)
                {
                    Rest(worked * RestPerWork);
                    began = Stopwatch.GetTimestamp();
                }
            }
            else if (!_isNeeded)
            {
                lock (_lock)
                {
                    if (!_isNeeded)
                    {
                        _thread = null;
                        return;
                    }
                }
            }
            else
            {
                Rest(Nap);
                began = Stopwatch.GetTimestamp();
            }
        }
    }

    private void Rest(TimeSpan time) => _stopping.Token.WaitHandle.WaitOne(time < LongestRest ? time : LongestRest);

    [SuppressMessage("Design", "CA1031", Justification = "A fault with one call must not end the comparison of all others.")]
    private void Compare(RolloutSample sample)
    {
        try
        {
            if (registry.Snapshot.Find(sample.Run.Model) is { Production: { } production, Candidate: { } candidate } model
                && model.Placement.Rollout!.Id == sample.Run.Settings.Id
                && sample.Run.Verdict is null)
            {
                Compare(sample, production, candidate);
            }
        }
        catch (Exception exception)
        {
            logger.ComparisonFailed(sample.Run.Model, exception);
        }
        finally
        {
            sample.Return();
        }
    }

    private void Compare(RolloutSample sample, ModelVersion production, ModelVersion candidate)
    {
        var needed = MemoryOf(production) + MemoryOf(candidate);
        if (!memory.TryReserve(needed))
        {
            sample.Run.Drop();
            return;
        }

        try
        {
            if (TryReplay(sample, production, candidate))
            {
                sample.Run.Add(production, candidate, _production, _candidate);
                if (sample.Run.Verdict is not null)
                {
                    runs.Tell();
                }
            }
        }
        finally
        {
            _production.Clear();
            _candidate.Clear();
            memory.Release(needed);
        }

        long MemoryOf(ModelVersion version) =>
            WorkingMemory.Of(version.Manifest!.Signature, sample.Body, limits.Value.MaxRowsPerRequest);
    }

    /// <returns>False when a version went away, or the server stops.</returns>
    private bool TryReplay(RolloutSample sample, ModelVersion production, ModelVersion candidate)
    {
        _isCandidateFirst = !_isCandidateFirst;
        var isDone = _isCandidateFirst
            ? TryRun(_candidate, candidate) && TryRun(_production, production)
            : TryRun(_production, production) && TryRun(_candidate, candidate);
        if (isDone && sample.HasFailed)
        {
            (sample.Run.Settings.Mode == RolloutMode.Canary ? _candidate : _production).Refuse();
        }

        return isDone && !_stopping.IsCancellationRequested;

        bool TryRun(Replay replay, ModelVersion version)
        {
            // As a request would be, a call that takes too long is given up.
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            deadline.CancelAfter(TimeSpan.FromSeconds(limits.Value.RequestTimeoutSeconds));
            return replay.TryRun(version, sample, deadline.Token);
        }
    }
}
