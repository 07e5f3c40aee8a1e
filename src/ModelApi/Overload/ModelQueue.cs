namespace ModelApi.Overload;

/// <summary>The requests that wait for one model.</summary>
/// <param name="cost">What a request takes.</param>
/// <param name="turn">Where it begins on the clock of its queue.</param>
/// <param name="requests">The requests.</param>
internal sealed class ModelQueue(ModelCost cost, double turn, CallerTurns requests)
{
    // For a model of which nothing is known yet.
    private const double LeastTurn = 1e-6;

    public ModelCost Cost => cost;

    public CallerTurns Requests => requests;

    /// <summary>The time after which all of them would be done, if no other model had requests.</summary>
    public double Seconds => requests.Count * cost.Delay;

    /// <summary>The time that it was served so far, on the queue's own clock: the model with the least is next.</summary>
    public double Turn { get; private set; } = turn;

    /// <summary>Takes out the next request, and counts its time as served.</summary>
    public WaitingRequest TakeNext()
    {
        Turn += Math.Max(cost.Delay, LeastTurn);
        return requests.TakeNext();
    }
}
