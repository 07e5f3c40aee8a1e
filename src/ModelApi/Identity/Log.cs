namespace ModelApi.Identity;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The authority's keys could not be fetched: {Reason}")]
    public static partial void AuthorityFailed(this ILogger logger, string reason);
}
