namespace ModelApi.Predictions;

/// <summary>Sees each prediction once, after it was answered; register it as a singleton.</summary>
/// <remarks>
/// It is called on the request's thread and never on the way of the answer. What takes time belongs on a thread of its own, with
/// copies of what it needs. Requests that never reached a version, such as one for a model that does not exist, are not seen.
/// </remarks>
internal interface IPredictionObserver
{
    /// <param name="call">The prediction. Its predictions are defined only when it was answered.</param>
    void Observe(PredictionCall call);

    /// <summary>
    /// Asked before a body is read, only of calls that a rollout concerns: whether the observer wants a copy, which it takes by
    /// <see cref="PredictionCall.TakeBody"/>. It decides quickly: the caller waits.
    /// </summary>
    bool Wants(PredictionCall call, int bytes) => false;
}
