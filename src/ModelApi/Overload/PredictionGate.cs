using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Limits;

namespace ModelApi.Overload;

/// <summary>Lets a few predictions work at a time and a few more wait; all others are to be refused at once.</summary>
/// <remarks>
/// <para>A permit is held while the processor works on a request, from its whole body to its whole answer, and never while a client sends
/// or receives: a slow client takes nothing from the others. Slow models leave a permit to the quick ones.</para>
/// <para>What waits is bounded by time; see <see cref="FairQueue"/>. A version whose rows are joined bounds its calls and its queue itself
/// (<see cref="Inference.Scoring.Batching.AdaptiveBatcher"/>): its callers must all come in to be joined.</para>
/// </remarks>
internal sealed class PredictionGate
{
    // What a request will take is predicted from a mean, and waits spread about it by a fifth: the limit is for nearly all of them.
    private const double PlannedShareOfLimit = 0.8;

    private readonly int _permits;
    private readonly int _slowPermits;
    private readonly OverloadMetrics _metrics;
    private readonly ThreadReserve _threads;
    private readonly FairQueue _queue;
    private readonly ConcurrentDictionary<string, ModelCost> _costs = new(StringComparer.Ordinal);
    private readonly Func<string, ModelCost> _newCost;
    private readonly Func<bool, bool> _tryTake;
    private int _running;
    private int _slowRunning;

    // Until a slow model is seen, nobody needs to look a cost up.
    private volatile bool _hasSlowModel;

    public PredictionGate(IOptions<LimitsOptions> limits, OverloadMetrics metrics)
    {
        // More than one for each core, so that those who work get most of the processor while others are being refused.
        _permits = limits.Value.MaxConcurrentPredictions ?? 2 * Environment.ProcessorCount;
        _slowPermits = Math.Max(Math.Min(_permits, Environment.ProcessorCount), _permits - Math.Max(1, _permits / 4));
        _metrics = metrics;
        _threads = new ThreadReserve(_permits);
        _queue = new FairQueue(
            TimeSpan.FromMilliseconds(PlannedShareOfLimit * limits.Value.MaxQueueMilliseconds), limits.Value.MaxQueuedPredictions);
        _newCost = model => new ModelCost(model, _permits, _slowPermits);
        _tryTake = TryTake;
        metrics.ObserveQueue(() => Waiting);
    }

    /// <summary>Requests that wait for a permit.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Asked before the body is read: whether there is no use in reading it.</summary>
    public bool IsFullFor(ModelVersion version, string caller) =>
        version.Batcher?.IsFull ?? (_queue.Count > 0 && _queue.Refuses(CostOf(version), caller));

    /// <summary>The answer to a request that is not let in.</summary>
    public PredictionFailure Refuse(ModelVersion version)
    {
        _metrics.Refused(version.Model);
        return Failures.Overloaded;
    }

    /// <summary>Waits for a permit, unless others have more right to wait.</summary>
    /// <returns>A permit that is not granted when the request is to be refused.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async ValueTask<PredictionPermit> EnterAsync(ModelVersion version, string caller, CancellationToken cancellationToken)
    {
        if (TryEnter(version, out var permit))
        {
            return permit;
        }

        if (version.Batcher is not null)
        {
            _threads.Keep();
            return PredictionPermit.NotNeeded;
        }

        var cost = CostOf(version);
        if (_queue.TryAdd(cost, caller) is not { } waiting)
        {
            return PredictionPermit.Refused;
        }

        // A permit may have become free before the request was in the queue.
        LetIn();
        await using var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((WaitingRequest)state!).Cancel(token), waiting);
        return await waiting.Task
            ? new PredictionPermit(this, cost, Stopwatch.GetTimestamp(), waiting.IsSlow)
            : PredictionPermit.Refused;
    }

    /// <summary>Takes a permit if one is free at once.</summary>
    /// <returns>Whether the request may be worked on here and now; those of a version whose rows are joined come in to wait.</returns>
    public bool TryEnter(ModelVersion version, out PredictionPermit permit)
    {
        permit = default;
        if (version.Batcher is not null || _queue.Count > 0)
        {
            return false;
        }

        ModelCost? cost = null;
        var isSlow = _hasSlowModel && (cost = CostOf(version)).IsSlow;
        if (!TryTake(isSlow))
        {
            return false;
        }

        // A slow request is always timed, a quick one sometimes.
        var start = isSlow ? Stopwatch.GetTimestamp() : _threads.Start();
        permit = new PredictionPermit(this, start == 0 ? null : cost ?? CostOf(version), start, isSlow);
        return true;
    }

    /// <summary>Takes a permit back, and lets in who has waited for it.</summary>
    internal void Leave(ModelCost? cost, long start, bool isSlow)
    {
        if (cost is not null)
        {
            cost.Add(_threads.Stop(start));
            _hasSlowModel |= cost.IsSlow;
        }

        GiveBack(isSlow);
        if (_queue.Count > 0)
        {
            LetIn();
        }
    }

    private void LetIn() => _queue.LetIn(_tryTake);

    private bool TryTake(bool isSlow)
    {
        if (Interlocked.Increment(ref _running) <= _permits)
        {
            if (!isSlow || Interlocked.Increment(ref _slowRunning) <= _slowPermits)
            {
                return true;
            }

            Interlocked.Decrement(ref _slowRunning);
        }

        Interlocked.Decrement(ref _running);
        return false;
    }

    private void GiveBack(bool isSlow)
    {
        if (isSlow)
        {
            Interlocked.Decrement(ref _slowRunning);
        }

        Interlocked.Decrement(ref _running);
    }

    private ModelCost CostOf(ModelVersion version) => _costs.GetOrAdd(version.Model, _newCost);
}
