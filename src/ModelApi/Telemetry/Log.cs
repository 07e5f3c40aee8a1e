namespace ModelApi.Telemetry;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}, model {Model} {Version}")]
    public static partial void Predicted(
        this ILogger logger, string method, string route, int status, double milliseconds, string user, string model, string version);

    [LoggerMessage(3, LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}, trace {TraceId}")]
    public static partial void Refused(this ILogger logger, string method, string route, int status, double milliseconds, string user, string traceId);

    [LoggerMessage(2, LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}")]
    public static partial void Answered(this ILogger logger, string method, string route, int status, double milliseconds, string user);
}
