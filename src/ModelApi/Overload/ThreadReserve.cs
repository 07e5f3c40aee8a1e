using System.Diagnostics;

namespace ModelApi.Overload;

/// <summary>Keeps threads of the pool for all that is not scoring, once scoring is slow enough to need it.</summary>
/// <remarks>
/// The pool begins with one thread for each core. When all of them score, requests wait where nobody sees them, in the pool's own
/// queue: none would reach the gate to be refused, and health checks would wait with them. More threads than permits cure
/// that. Where scoring takes microseconds they would only get into each other's way.
/// </remarks>
internal sealed class ThreadReserve(int permits)
{
    private const int SlowInARow = 3;
    private const int TimedRequests = 64;
    private static readonly long Slow = Stopwatch.Frequency / 1000;

    private readonly int _threads = permits + (2 * Environment.ProcessorCount);
    private volatile bool _isKept;

    // Counted without care for other threads: a count that is lost delays the decision by a request.
    private int _requests;
    private int _slow;

    /// <summary>Whether it was needed so far.</summary>
    public bool IsKept => _isKept;

    /// <summary>Begins to time a request, if it is among the few that are timed.</summary>
    /// <returns>A timestamp, or 0.</returns>
    public long Start() => (_isKept || _slow == 0) && _requests++ % TimedRequests != 0 ? 0 : Stopwatch.GetTimestamp();

    /// <summary>Ends it. One that is slow by chance does not count, since the next ones are timed too.</summary>
    /// <returns>The ticks of <see cref="Stopwatch"/> that it took.</returns>
    public long Stop(long start)
    {
        var elapsed = Stopwatch.GetTimestamp() - start;
        if (!_isKept)
        {
            _slow = elapsed >= Slow ? _slow + 1 : 0;
            if (_slow >= SlowInARow)
            {
                Keep();
            }
        }

        return elapsed;
    }

    /// <summary>Keeps the threads from now on.</summary>
    public void Keep()
    {
        if (_isKept)
        {
            return;
        }

        _isKept = true;
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, _threads), completions);
    }
}
