using System.Globalization;
using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Loading;

/// <summary>Loading a version was stopped because it exceeded a limit.</summary>
internal sealed class LoadLimitException(LoadLimit limit, bool amongOthers = false) : Exception($"Loading exceeded its limit ({limit}).")
{
    public LoadLimit Limit => limit;

    /// <summary>Whether other versions were loading in the same process, so that the memory may have been theirs.</summary>
    public bool IsAmongOthers => amongOthers;

    /// <summary>The fault of a version that exceeded the limit.</summary>
    public static BundleFault Fault(LoadLimit limit, LoadLimits limits) => new("", "", limit == LoadLimit.Timeout
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"It was not loaded and proved within {limits.Timeout.TotalSeconds:0.###} s (Models:LoadTimeoutSeconds), and was stopped. ")
            + "Make the graphs or the golden rows smaller, or allow more time."
        : $"It was stopped because loading it took more memory than {limits.MemoryBytes / (1024 * 1024)} MB beyond ten times the size "
            + "of its graphs (Models:LoadMemoryMegabytes). Make the graphs or their values smaller, or allow more memory.");
}
