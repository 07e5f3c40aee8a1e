namespace ModelApi.Configuration;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Unknown}")]
    public static partial void UnknownName(this ILogger logger, string unknown);
}
