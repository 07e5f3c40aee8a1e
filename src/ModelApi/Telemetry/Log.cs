namespace ModelApi.Telemetry;

// RequestMessage and JsonRequestLines write the first three as well, for the console; a test holds them to each other.
internal static partial class Log
{
    [LoggerMessage(RequestMessage.PredictedId, LogLevel.Information, PredictedTemplate)]
    public static partial void Predicted(
        this ILogger logger, string method, string route, int status, double milliseconds, string user, string model, string version);

    [LoggerMessage(RequestMessage.RefusedId, LogLevel.Information, RefusedTemplate)]
    public static partial void Refused(this ILogger logger, string method, string route, int status, double milliseconds, string user, string traceId);

    [LoggerMessage(RequestMessage.AnsweredId, LogLevel.Information, AnsweredTemplate)]
    public static partial void Answered(this ILogger logger, string method, string route, int status, double milliseconds, string user);

    [LoggerMessage(4, LogLevel.Warning, "{Count} lines of the request log were dropped; the console takes them more slowly than requests come")]
    public static partial void LinesDropped(this ILogger logger, long count);

    public const string PredictedTemplate = "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}, model {Model} {Version}";
    public const string RefusedTemplate = "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}, trace {TraceId}";
    public const string AnsweredTemplate = "{Method} {Route} {Status} in {Milliseconds:0.000} ms, user {User}";
}
