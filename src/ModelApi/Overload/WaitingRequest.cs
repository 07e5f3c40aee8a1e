namespace ModelApi.Overload;

/// <summary>A request in the <see cref="FairQueue"/>; its task says whether it was let in or must be refused.</summary>
internal sealed class WaitingRequest(FairQueue queue, ModelQueue model, CallerQueue caller)
{
    // What waits on it must not run on the thread that lets it in, which holds the queue's lock.
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> Task => _completion.Task;

    public ModelQueue Model => model;

    public CallerQueue Caller => caller;

    /// <summary>Whether it was let in as one of a slow model.</summary>
    public bool IsSlow { get; private set; }

    public void LetIn(bool isSlow)
    {
        IsSlow = isSlow;
        _completion.SetResult(true);
    }

    public void Refuse() => _completion.SetResult(false);

    /// <summary>Leaves the queue, unless it was let in or refused before.</summary>
    public void Cancel(CancellationToken token)
    {
        if (queue.TryRemove(this))
        {
            _completion.SetCanceled(token);
        }
    }
}
