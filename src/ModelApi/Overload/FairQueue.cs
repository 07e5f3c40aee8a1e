namespace ModelApi.Overload;

/// <summary>
/// Requests that wait for a permit, bounded by the time that the last of them would wait and shared fairly: among models, then among
/// the callers of a model.
/// </summary>
/// <remarks>
/// <para>Thread-safe. The wait is predicted from what requests to each model took so far. A model gets its share of the limit: the
/// whole of it while no other model has requests that wait, half of it beside one other, and so on. The first request of a model may
/// always wait.</para>
/// <para>The next request is one of the model that was served least, and the oldest of the caller whose turn it is. Where one is too
/// many, the latest of the caller with most requests is refused, which need not be the one that arrives.</para>
/// </remarks>
/// <param name="longest">The longest time from a request's body to its answer.</param>
/// <param name="maxCount">How many may wait however short their wait would be.</param>
internal sealed class FairQueue(TimeSpan longest, int maxCount)
{
    private readonly Lock _lock = new();
    private readonly List<ModelQueue> _models = [];
    private volatile int _count;
    private double _turn;

    public int Count => _count;

    /// <summary>Whether <see cref="TryAdd"/> would refuse the request.</summary>
    public bool Refuses(ModelCost cost, string caller)
    {
        lock (_lock)
        {
            var model = Find(cost);
            return IsFull(model) && FindMostGreedy(cost, model, caller) is null;
        }
    }

    /// <summary>Adds a request, in the place of another where that has less right to wait.</summary>
    /// <returns>Null when the request is to be refused.</returns>
    public WaitingRequest? TryAdd(ModelCost cost, string caller)
    {
        lock (_lock)
        {
            var model = Find(cost);
            if (IsFull(model))
            {
                if (FindMostGreedy(cost, model, caller) is not { } greedy)
                {
                    return null;
                }

                Refuse(greedy);
                model = Find(cost);
            }

            if (model is null)
            {
                // One that had nothing to do has saved nothing up.
                model = new ModelQueue(
                    cost, _turn, new CallerTurns(TryRemove, TaskCreationOptions.RunContinuationsAsynchronously));
                _models.Add(model);
            }

            _count++;
            var request = model.Requests.Add(caller);
            Shrink();
            return request;
        }
    }

    /// <summary>Takes a request out that nobody waits for any more.</summary>
    /// <returns>False when it is not in the queue.</returns>
    public bool TryRemove(WaitingRequest request)
    {
        lock (_lock)
        {
            return Remove(request);
        }
    }

    /// <summary>Lets requests in while there are permits.</summary>
    /// <param name="tryTake">Takes a permit, for a slow model or for a quick one.</param>
    public void LetIn(Func<bool, bool> tryTake)
    {
        lock (_lock)
        {
            var slowMayEnter = true;
            while (FindNext(slowMayEnter) is { } model)
            {
                var isSlow = model.Cost.IsSlow;
                if (!tryTake(isSlow))
                {
                    if (!isSlow)
                    {
                        return;
                    }

                    slowMayEnter = false;
                    continue;
                }

                _turn = model.Turn;
                var next = model.TakeNext();
                Removed(model);
                next.LetIn(isSlow);
            }
        }
    }

    private ModelQueue? Find(ModelCost cost) => _models.Find(model => model.Cost == cost);

    private ModelQueue? FindNext(bool slowMayEnter)
    {
        ModelQueue? next = null;
        foreach (var model in _models)
        {
            if ((slowMayEnter || !model.Cost.IsSlow) && (next is null || model.Turn < next.Turn))
            {
                next = model;
            }
        }

        return next;
    }

    private bool IsFull(ModelQueue? model) =>
        _count >= maxCount || (model is not null && IsTooLong(model, model.Seconds));

    // Beside other models it is served in turn with them, but never waits for more than all of them. What it takes itself counts, too.
    private bool IsTooLong(ModelQueue model, double ahead)
    {
        var left = longest.TotalSeconds - model.Cost.Seconds;
        return ahead * _models.Count > left && _models.Sum(waiting => waiting.Seconds) > left;
    }

    private WaitingRequest? FindMostGreedy(ModelCost cost, ModelQueue? arriving, string caller)
    {
        // By number the whole queue is full, so that the model with most of the waiting time gives way.
        var (longestModel, most) = (arriving, cost.Delay + (arriving?.Seconds ?? 0));
        if (_count >= maxCount)
        {
            foreach (var model in _models)
            {
                (longestModel, most) = model.Seconds > most ? (model, model.Seconds) : (longestModel, most);
            }
        }

        return longestModel == arriving
            ? arriving?.Requests.FindMostGreedy(caller)
            : longestModel!.Requests.FindMostGreedy(arriving: null);
    }

    // Beside more models, each one's share of the limit is smaller.
    private void Shrink()
    {
        for (var i = _models.Count - 1; i >= 0; i--)
        {
            var model = _models[i];
            while (model.Requests.Count > 1 && IsTooLong(model, model.Seconds - model.Cost.Delay))
            {
                Refuse(model.Requests.FindMostGreedy(arriving: null)!);
            }
        }
    }

    private void Refuse(WaitingRequest request)
    {
        Remove(request);
        request.Refuse();
    }

    private bool Remove(WaitingRequest request)
    {
        if (!request.Turns.TryRemove(request))
        {
            return false;
        }

        Removed(_models.Find(model => model.Requests == request.Turns)!);
        return true;
    }

    private void Removed(ModelQueue model)
    {
        _count--;
        if (model.Requests.Count == 0)
        {
            _models.Remove(model);
        }
    }
}
