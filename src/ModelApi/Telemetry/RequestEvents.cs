namespace ModelApi.Telemetry;

/// <summary>Events on their way from the requests to the writer of the log: so many, and no more.</summary>
/// <remarks>Thread-safe. Two buffers take turns, so that a request holds the lock for a few stores and nothing is allocated.</remarks>
/// <param name="capacity">The most events that wait; further ones are dropped and counted.</param>
internal sealed class RequestEvents(int capacity)
{
    // Not a Lock: nobody could wait on one.
    private readonly object _lock = new();
    private RequestEvent[] _filling = new RequestEvent[capacity];
    private RequestEvent[] _taken = new RequestEvent[capacity];
    private int _count;
    private int _takenCount;
    private bool _isAwake;
    private long _dropped;

    /// <summary>How many events found no room, since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds an event, or counts it where there is no room.</summary>
    public void Add(in RequestEvent request)
    {
        lock (_lock)
        {
            if (_count == _filling.Length)
            {
                Drop(1);
                return;
            }

            _filling[_count++] = request;

            // The first wakes the reader; where very many come, it must not wait for more of them.
            if (_count == 1 || _count == _filling.Length / 2)
            {
                Wake();
            }
        }
    }

    /// <summary>Counts events that nobody will see.</summary>
    public void Drop(int count) => Interlocked.Add(ref _dropped, count);

    /// <summary>Waits for an event, for half of the capacity, or for <see cref="Wake"/>.</summary>
    public void Wait(TimeSpan longest)
    {
        lock (_lock)
        {
            if (!_isAwake)
            {
                Monitor.Wait(_lock, longest);
            }

            _isAwake = false;
        }
    }

    public void Wake()
    {
        lock (_lock)
        {
            _isAwake = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Takes out all events.</summary>
    /// <returns>Valid until the next call; the one reader's.</returns>
    public ReadOnlySpan<RequestEvent> Take()
    {
        // So that no name outlives its request for long.
        Array.Clear(_taken, 0, _takenCount);
        lock (_lock)
        {
            (_takenCount, _count) = (_count, 0);
            (_filling, _taken) = (_taken, _filling);
        }

        return _taken.AsSpan(0, _takenCount);
    }
}
