namespace ModelApi.Telemetry;

/// <summary>What the request log says about one request.</summary>
/// <param name="Method">A known method.</param>
/// <param name="Route">The route's pattern.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Elapsed">How long the answer took, in ticks of <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Ended">When the answer was there, in the same ticks.</param>
/// <param name="User">Who asked.</param>
/// <param name="Model">The model that was asked, or null where none was.</param>
/// <param name="Version">Its version.</param>
/// <param name="TraceId">What ties a refused request to its answer; null for others.</param>
internal readonly record struct RequestEvent(
    string Method, string Route, int Status, long Elapsed, long Ended, string User, string? Model, string? Version, string? TraceId)
{
    /// <summary>Logs the event the usual way.</summary>
    public void LogTo(ILogger logger, double milliseconds)
    {
        if (TraceId is not null)
        {
            logger.Refused(Method, Route, Status, milliseconds, User, TraceId);
        }
        else if (Model is not null)
        {
            logger.Predicted(Method, Route, Status, milliseconds, User, Model, Version!);
        }
        else
        {
            logger.Answered(Method, Route, Status, milliseconds, User);
        }
    }
}
