namespace ModelApi.Hosting;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "ModelApi {Version} listens on {Addresses} ({Environment})")]
    public static partial void Listening(this ILogger logger, string version, string addresses, string environment);

    [LoggerMessage(2, LogLevel.Warning, "{Reason}")]
    public static partial void DefaultModelMissing(this ILogger logger, string reason);
}
