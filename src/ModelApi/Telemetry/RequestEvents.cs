namespace ModelApi.Telemetry;

/// <summary>A bounded queue of events between the requests and the log's writer.</summary>
/// <remarks>Thread-safe. Two buffers take turns: a request holds the lock for a few stores, and nothing is allocated.</remarks>
/// <param name="capacity">The maximum number of waiting events; further ones are dropped and counted.</param>
internal sealed class RequestEvents(int capacity)
{
    // Not a Lock, which has no Wait and Pulse.
    private readonly object _lock = new();
    private RequestEvent[] _filling = new RequestEvent[capacity];
    private RequestEvent[] _taken = new RequestEvent[capacity];
    private int _count;
    private int _takenCount;
    private bool _isAwake;
    private long _dropped;

    /// <summary>The number of dropped events since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds an event, or drops and counts it when the queue is full.</summary>
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

            // The first event wakes the reader; half of the capacity ends its wait for more.
            if (_count == 1 || _count == _filling.Length / 2)
            {
                Wake();
            }
        }
    }

    /// <summary>Counts events that could not be written.</summary>
    public void Drop(int count) => Interlocked.Add(ref _dropped, count);

    /// <summary>Waits for the first event, for half of the capacity, or for <see cref="Wake"/>.</summary>
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
    /// <returns>Valid until the next call; there is one reader.</returns>
    public ReadOnlySpan<RequestEvent> Take()
    {
        // Keeps names from outliving their requests.
        Array.Clear(_taken, 0, _takenCount);
        lock (_lock)
        {
            (_takenCount, _count) = (_count, 0);
            (_filling, _taken) = (_taken, _filling);
        }

        return _taken.AsSpan(0, _takenCount);
    }
}
