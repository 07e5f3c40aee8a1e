namespace ModelApi.Overload;

/// <summary>The requests of one caller that wait for one model, oldest first.</summary>
internal sealed class CallerQueue(string caller)
{
    public string Caller => caller;

    public LinkedList<WaitingRequest> Requests { get; } = [];
}
