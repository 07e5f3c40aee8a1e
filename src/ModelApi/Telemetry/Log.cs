namespace ModelApi.Telemetry;

// RequestMessage writes the first three as well, for the console; a test compares them.
internal static partial class Log
{
    [LoggerMessage(RequestMessage.PredictedId, LogLevel.Information,
        "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}, model {Model} {Version}")]
    public static partial void Predicted(
        this ILogger logger, string method, string route, int status, double milliseconds, string user, string model, string version);

    [LoggerMessage(RequestMessage.AnsweredId, LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}")]
    public static partial void Answered(this ILogger logger, string method, string route, int status, double milliseconds, string user);

    [LoggerMessage(RequestMessage.RefusedId, LogLevel.Information,
        "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}, trace {TraceId}")]
    public static partial void Refused(
        this ILogger logger, string method, string route, int status, double milliseconds, string user, string traceId);

    [LoggerMessage(4, LogLevel.Warning, "Dropped {Count} lines of the request log: the console is slower than the requests")]
    public static partial void LinesDropped(this ILogger logger, long count);

    [LoggerMessage(5, LogLevel.Warning,
        "Logging:Console:FormatterName is '{Name}', which is unknown; the console writes 'simple'. Allowed values: {Allowed}")]
    public static partial void UnknownFormatter(this ILogger logger, string name, string allowed);
}
