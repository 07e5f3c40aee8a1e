namespace ModelApi.Overload;

/// <summary>A request in a <see cref="ModelQueue"/>; its task says whether it was let in or must be refused.</summary>
internal sealed class WaitingRequest(ModelQueue model, CallerQueue caller)
{
    private readonly TaskCompletionSource<bool> _completion = new(model.Continuations);

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
        if (model.TryCancel(this))
        {
            _completion.SetCanceled(token);
        }
    }
}
