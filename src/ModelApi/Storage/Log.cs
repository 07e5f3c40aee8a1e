namespace ModelApi.Storage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is open: {Description}")]
    public static partial void StoreOpened(this ILogger logger, string description);

    [LoggerMessage(2, LogLevel.Information, "Applied {Script} to the store")]
    public static partial void ScriptApplied(this ILogger logger, string script);

    [LoggerMessage(3, LogLevel.Warning, "{Reason} Predictions go on; changes are refused until the store is back ({Description}): {Cause}")]
    public static partial void StoreAway(this ILogger logger, string reason, string description, string cause);

    [LoggerMessage(4, LogLevel.Information, "{Reason} Changes are refused ({Description}): {Cause}")]
    public static partial void NoStore(this ILogger logger, string reason, string description, string cause);

    [LoggerMessage(5, LogLevel.Error, "The changes of the store cannot be followed")]
    public static partial void FeedFailed(this ILogger logger, Exception exception);
}
