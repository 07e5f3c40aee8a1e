namespace ModelApi.Deployments;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Version {Version} of model {Model} will be proved again at the next start: {Reason}")]
    public static partial void ProofNotKept(this ILogger logger, string model, string version, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The folder {Folder} is no longer needed, and could not be deleted: {Reason}")]
    public static partial void FolderNotDeleted(this ILogger logger, string folder, string reason);

    [LoggerMessage(3, LogLevel.Error, "The bundle of version {Version} of model {Model} could not be fetched: {Reason}")]
    public static partial void NotFetched(this ILogger logger, string model, string version, string reason);

    [LoggerMessage(4, LogLevel.Error, "The registry could not follow the store")]
    public static partial void NotFollowed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "What was decided about models is not known: {Reason} The folder of models is served as it is")]
    public static partial void NothingDecided(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Information, "{User}: {Action} of model {Model}, version {Version} (before: {Before})")]
    public static partial void Changed(this ILogger logger, string user, string action, string model, string? version, string? before);

    [LoggerMessage(7, LogLevel.Warning, "Archives that no version needs stay for now: {Reason}")]
    public static partial void NotCollected(this ILogger logger, string reason);
}
