namespace ModelApi.Telemetry;

/// <summary>One line of the request log.</summary>
/// <param name="Method">A known method.</param>
/// <param name="Route">The route's pattern.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Elapsed">The request's duration, in ticks of <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Ended">The request's end, in the same ticks.</param>
/// <param name="User">The caller's name, or null.</param>
/// <param name="Model">The called model; null for requests without one.</param>
/// <param name="Version">Its version.</param>
/// <param name="TraceId">The id that a refused request shares with its answer; null for others.</param>
internal readonly record struct RequestEvent(
    string Method, string Route, int Status, long Elapsed, long Ended, string? User, string? Model, string? Version, string? TraceId)
{
    /// <summary>Logs the event through a logger.</summary>
    public void LogTo(ILogger logger, double milliseconds)
    {
        var user = LogText.Name(User);
        if (TraceId is not null)
        {
            logger.Refused(Method, Route, Status, milliseconds, user, TraceId);
        }
        else if (Model is not null)
        {
            logger.Predicted(Method, Route, Status, milliseconds, user, Model, Version!);
        }
        else
        {
            logger.Answered(Method, Route, Status, milliseconds, user);
        }
    }
}
