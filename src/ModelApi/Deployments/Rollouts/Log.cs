namespace ModelApi.Deployments.Rollouts;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "What the store has of the rollout of model {Model} cannot be read, and is passed over")]
    public static partial void Unreadable(this ILogger logger, string model, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Version {Version} of model {Model} is withdrawn: {Reason}")]
    public static partial void Withdrawn(this ILogger logger, string model, string version, string reason);

    [LoggerMessage(3, LogLevel.Information, "Version {Version} of model {Model} is promoted: {Reason}")]
    public static partial void Promoted(this ILogger logger, string model, string version, string reason);

    [LoggerMessage(4, LogLevel.Warning, "The rollout of model {Model} cannot be stored now, and goes on: {Reason}")]
    public static partial void NotStored(this ILogger logger, string model, string reason);

    [LoggerMessage(5, LogLevel.Error, "Comparing the versions of model {Model} failed")]
    public static partial void ComparisonFailed(this ILogger logger, string model, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "The rollout of model {Model} could not be kept or ended; that is tried again")]
    public static partial void NotConcluded(this ILogger logger, string model, Exception exception);
}
