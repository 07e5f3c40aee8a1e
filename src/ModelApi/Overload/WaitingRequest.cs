namespace ModelApi.Overload;

/// <summary>A request among <see cref="CallerTurns"/>; its task says whether it was let in or must be refused.</summary>
internal sealed class WaitingRequest(
    CallerTurns turns, CallerQueue caller, Func<WaitingRequest, bool> tryCancel, TaskCreationOptions continuations)
{
    private readonly TaskCompletionSource<bool> _completion = new(continuations);

    public Task<bool> Task => _completion.Task;

    public CallerTurns Turns => turns;

    public CallerQueue Caller => caller;

    /// <summary>Its place among the requests of its caller; null once it is taken out.</summary>
    public LinkedListNode<WaitingRequest>? Place { get; set; }

    /// <summary>Whether it was let in as one of a slow model.</summary>
    public bool IsSlow { get; private set; }

    public void LetIn(bool isSlow)
    {
        IsSlow = isSlow;
        _completion.SetResult(true);
    }

    /// <summary>The thread that it was let in to, where there is one.</summary>
    public LargeBodies.Turn? Turn { get; private set; }

    public void LetIn(LargeBodies.Turn turn)
    {
        Turn = turn;
        _completion.SetResult(true);
    }

    public void Refuse() => _completion.SetResult(false);

    /// <summary>Leaves the queue, unless it was let in or refused before.</summary>
    public void Cancel(CancellationToken token)
    {
        if (tryCancel(this))
        {
            _completion.SetCanceled(token);
        }
    }
}
