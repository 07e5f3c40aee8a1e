using Microsoft.Extensions.ObjectPool;

namespace ModelApi.Overload;

/// <summary>When one request must be answered; its token also ends when the client goes away.</summary>
internal sealed class Deadline : IDisposable, IResettable
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _abort;
    private CancellationToken _aborted;
    private ObjectPool<Deadline>? _pool;

    /// <summary>Not to be used after <see cref="Dispose"/>.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>From the start to the deadline.</summary>
    public double Seconds { get; private set; }

    /// <summary>Whether it was the deadline that ended the token.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_aborted.IsCancellationRequested;

    public void Start(ObjectPool<Deadline> pool, double seconds, CancellationToken aborted)
    {
        _pool = pool;
        Seconds = seconds;
        _aborted = aborted;
        _abort = aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);

        // A timer counts whole milliseconds, and none of them would mean at once.
        _source.CancelAfter(TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)));
    }

    public void Dispose()
    {
        _abort.Dispose();
        _abort = default;
        _aborted = default;
        var pool = _pool!;
        _pool = null;
        pool.Return(this);
    }

    /// <returns>Whether it can be used again: a token that has ended stays so.</returns>
    bool IResettable.TryReset()
    {
        if (_source.TryReset())
        {
            return true;
        }

        _source.Dispose();
        return false;
    }
}
