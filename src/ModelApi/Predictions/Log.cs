namespace ModelApi.Predictions;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Requests to {Route} take the whole pipeline, for {Reason}")]
    public static partial void WholePipeline(this ILogger logger, string route, string reason);
}
