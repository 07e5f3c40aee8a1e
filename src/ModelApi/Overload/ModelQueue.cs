namespace ModelApi.Overload;

/// <summary>The requests that wait for one model, served caller by caller.</summary>
/// <param name="cost">What a request takes.</param>
/// <param name="turn">Where it begins on the clock of its queue.</param>
/// <param name="tryCancel">Takes out a request that nobody waits for any more; false when it is not there.</param>
internal sealed class ModelQueue(ModelCost cost, double turn, Func<WaitingRequest, bool> tryCancel)
{
    // For a model of which nothing is known yet.
    private const double LeastTurn = 1e-6;

    private readonly Dictionary<string, CallerQueue> _byName = new(StringComparer.Ordinal);

    // Whose turn it is stands first.
    private readonly LinkedList<CallerQueue> _turns = [];

    public ModelCost Cost => cost;

    /// <summary>Whether what waits for a request may run on the thread that lets it in.</summary>
    public TaskCreationOptions Continuations { get; init; } = TaskCreationOptions.RunContinuationsAsynchronously;

    public int Count { get; private set; }

    /// <summary>The time after which all of them would be done, if no other model had requests.</summary>
    public double Seconds => Count * cost.Delay;

    /// <summary>The time that it was served so far, on the queue's own clock: the model with the least is next.</summary>
    public double Turn { get; private set; } = turn;

    public bool TryCancel(WaitingRequest request) => tryCancel(request);

    public WaitingRequest Add(string name)
    {
        if (!_byName.TryGetValue(name, out var caller))
        {
            caller = new CallerQueue(name);
            _byName.Add(name, caller);
            _turns.AddLast(caller);
        }

        var request = new WaitingRequest(this, caller);
        caller.Requests.AddLast(request);
        Count++;
        return request;
    }

    /// <returns>False when the request is not in the queue.</returns>
    public bool TryRemove(WaitingRequest request)
    {
        if (request.Caller.Requests.Find(request) is null)
        {
            return false;
        }

        Remove(request);
        return true;
    }

    public void Remove(WaitingRequest request)
    {
        var caller = request.Caller;
        caller.Requests.Remove(request);
        Count--;
        if (caller.Requests.Count == 0)
        {
            _byName.Remove(caller.Caller);
            _turns.Remove(caller);
        }
    }

    /// <summary>Takes out the oldest request of the caller whose turn it is.</summary>
    public WaitingRequest TakeNext()
    {
        var caller = _turns.First!.Value;
        _turns.RemoveFirst();
        _turns.AddLast(caller);
        Turn += Math.Max(cost.Delay, LeastTurn);
        var request = caller.Requests.First!.Value;
        Remove(request);
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
