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
}
