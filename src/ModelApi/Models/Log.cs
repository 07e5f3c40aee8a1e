namespace ModelApi.Models;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information,
        "Loaded version {Version} of model {Model} with {Engine} in {LoadMs:0} ms; "
        + "{GoldenRows} golden rows reproduced, largest difference {LargestDifference:g2}")]
    public static partial void VersionLoaded(
        this ILogger logger, string model, string version, string engine, double loadMs, int goldenRows, double largestDifference);

    [LoggerMessage(2, LogLevel.Error, "Version {Version} of model {Model} failed to load with {FaultCount} faults: {Faults}")]
    public static partial void VersionFailed(this ILogger logger, string model, string version, long faultCount, string faults);

    [LoggerMessage(3, LogLevel.Error, "No model was found: {Fault}")]
    public static partial void NothingFound(this ILogger logger, string fault);

    [LoggerMessage(4, LogLevel.Warning,
        "The engines differ on version {Version} of model {Model}, which {Engine} serves: {Difference}. Please report this with the model")]
    public static partial void EnginesDiffer(this ILogger logger, string model, string version, string engine, string difference);

    [LoggerMessage(5, LogLevel.Warning,
        "Version {Version} of model {Model} is served by the compiled engine, "
        + "whose answers could not be compared with ONNX Runtime's: {Reason}")]
    public static partial void EngineNotChecked(this ILogger logger, string model, string version, string reason);

    [LoggerMessage(6, LogLevel.Information, "Version {Version} of model {Model} was added to the folder of models, and is being loaded")]
    public static partial void VersionFound(this ILogger logger, string model, string version);

    [LoggerMessage(7, LogLevel.Information, "Version {Version} of model {Model} was removed from the folder of models, and is let go")]
    public static partial void VersionRemoved(this ILogger logger, string model, string version);

    [LoggerMessage(8, LogLevel.Warning,
        "The bundle of version {Version} of model {Model} was changed in place; it is loaded anew. A change should be another version")]
    public static partial void VersionChanged(this ILogger logger, string model, string version);

    [LoggerMessage(9, LogLevel.Error,
        "The changed bundle of version {Version} of model {Model} has {FaultCount} faults, and the version serves on as it was: {Faults}")]
    public static partial void ChangeRefused(this ILogger logger, string model, string version, long faultCount, string faults);

    [LoggerMessage(10, LogLevel.Warning, "The folder of models is looked at every {Seconds} s, because it cannot be watched: {Reason}")]
    public static partial void NotWatched(this ILogger logger, double seconds, string reason);

    [LoggerMessage(11, LogLevel.Warning,
        "Version {Version} of model {Model} was added to the folder of models, and was uploaded before: the uploaded one stays")]
    public static partial void NumberTaken(this ILogger logger, string model, string version);
}
