namespace ModelApi.Overload;

/// <summary>Requests that wait, by caller: callers are served in turn, each in the order of its requests. Not thread-safe.</summary>
/// <param name="tryCancel">Takes out a request that nobody waits for any more; false when it is not there.</param>
/// <param name="continuations">Whether what waits for a request may run on the thread that lets it in.</param>
internal sealed class CallerTurns(Func<WaitingRequest, bool> tryCancel, TaskCreationOptions continuations)
{
    private readonly Dictionary<string, CallerQueue> _byName = new(StringComparer.Ordinal);

    // Whose turn it is stands first.
    private readonly LinkedList<CallerQueue> _turns = [];

    public int Count { get; private set; }

    public WaitingRequest Add(string name)
    {
        if (!_byName.TryGetValue(name, out var caller))
        {
            caller = new CallerQueue(name);
            _byName.Add(name, caller);
            _turns.AddLast(caller);
        }

        var request = new WaitingRequest(this, caller, tryCancel, continuations);
        request.Place = caller.Requests.AddLast(request);
        Count++;
        return request;
    }

    /// <returns>False when the request is not in the queue.</returns>
    public bool TryRemove(WaitingRequest request)
    {
        if (request.Place is not { } place)
        {
            return false;
        }

        var caller = request.Caller;
        caller.Requests.Remove(place);
        request.Place = null;
        Count--;
        if (caller.Requests.Count == 0)
        {
            _byName.Remove(caller.Caller);
            _turns.Remove(caller);
        }

        return true;
    }

    /// <summary>Takes out the oldest request of the caller whose turn it is.</summary>
    public WaitingRequest TakeNext()
    {
        var caller = _turns.First!.Value;
        _turns.RemoveFirst();
        _turns.AddLast(caller);
        var request = caller.Requests.First!.Value;
        TryRemove(request);
        return request;
    }

    /// <summary>The latest request of the caller who has most of them; null when nobody has more than a caller would have then.</summary>
    /// <param name="arriving">The caller with one request more; null for none.</param>
    public WaitingRequest? FindMostGreedy(string? arriving)
    {
        var most = arriving is null ? 0 : 1 + (_byName.TryGetValue(arriving, out var own) ? own.Requests.Count : 0);
        CallerQueue? greedy = null;
        foreach (var caller in _turns)
        {
            if (caller.Requests.Count > most)
            {
                (greedy, most) = (caller, caller.Requests.Count);
            }
        }

        return greedy?.Requests.Last!.Value;
    }
}
