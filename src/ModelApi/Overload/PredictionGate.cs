using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Inference.Registry;
using ModelApi.Limits;

namespace ModelApi.Overload;

/// <summary>Lets a few predictions work at a time and a few more wait; all others are to be refused at once.</summary>
/// <remarks>
/// A permit is held while the processor works on a request, from its whole body to its whole answer, and never while a client sends or
/// receives: a slow client takes nothing from the others. A version whose rows are joined bounds its calls and its queue itself
/// (<see cref="Inference.Scoring.Batching.AdaptiveBatcher"/>): its callers must all come in to be joined.
/// </remarks>
internal sealed class PredictionGate : IDisposable
{
    private readonly ConcurrencyLimiter _permits;
    private readonly int _maxWaiting;
    private readonly OverloadMetrics _metrics;
    private readonly ThreadReserve _threads;
    private int _waiting;

    public PredictionGate(IOptions<LimitsOptions> limits, OverloadMetrics metrics)
    {
        // More than one for each core, so that those who work get most of the processor while others are being refused.
        var most = limits.Value.MaxConcurrentPredictions ?? 2 * Environment.ProcessorCount;
        _maxWaiting = limits.Value.MaxQueuedPredictions;
        _metrics = metrics;
        _threads = new ThreadReserve(most);
        _permits = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = most,
            QueueLimit = _maxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        metrics.ObserveQueue(() => Waiting);
    }

    /// <summary>Requests that wait for a permit.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Asked before the body is read: whether there is no use in reading it.</summary>
    public bool IsFullFor(ModelVersion version) => version.Batcher?.IsFull ?? Waiting >= _maxWaiting;

    /// <summary>The answer to a request that is not let in.</summary>
    public PredictionFailure Refuse(ModelVersion version)
    {
        _metrics.Refused(version.Model);
        return Failures.Overloaded;
    }

    /// <summary>Waits for a permit, unless as many wait as may.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public ValueTask<PredictionPermit> EnterAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        if (version.Batcher is not null)
        {
            _threads.Keep();
            return ValueTask.FromResult(PredictionPermit.NotNeeded);
        }

        var lease = _permits.AttemptAcquire();
        return lease.IsAcquired
            ? ValueTask.FromResult(new PredictionPermit(lease, _threads, _threads.Start()))
            : WaitAsync(cancellationToken);
    }

    /// <summary>Takes a permit if one is free at once.</summary>
    /// <returns>Whether the request may be worked on here and now; those of a version whose rows are joined come in to wait.</returns>
    public bool TryEnter(ModelVersion version, out PredictionPermit permit)
    {
        permit = default;
        if (version.Batcher is not null || _permits.AttemptAcquire() is not { IsAcquired: true } lease)
        {
            return false;
        }

        permit = new PredictionPermit(lease, _threads, _threads.Start());
        return true;
    }

    public void Dispose() => _permits.Dispose();

    private async ValueTask<PredictionPermit> WaitAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            var lease = await _permits.AcquireAsync(permitCount: 1, cancellationToken);
            return new PredictionPermit(lease, _threads, _threads.Start());
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
