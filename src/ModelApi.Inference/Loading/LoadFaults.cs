using ModelApi.Inference.Bundles;

namespace ModelApi.Inference.Loading;

/// <summary>Says what an exception means for the bundle that was being loaded.</summary>
internal static class LoadFaults
{
    // ONNX Runtime reports memory that it did not get as an error of the operator, or as the exception of its C++ library.
    private static readonly string[] MemoryErrors = ["bad_alloc", "bad allocation", "Failed to allocate memory"];

    /// <summary>The faults of the bundle. An unforeseen exception, also from a native library, fails this bundle alone.</summary>
    public static BundleException Of(Exception exception, LoadLimits limits)
    {
        if (exception is BundleException known && !IsOutOfMemory(exception))
        {
            return known;
        }

        var faults = new BundleFaults();
        faults.Add(exception switch
        {
            LoadLimitException limit => LoadLimitException.Fault(limit.Limit, limits),
            _ when IsOutOfMemory(exception) => LoadLimitException.Fault(LoadLimit.Memory, limits),
            _ => new BundleFault("", "", $"{exception.GetType().Name}: {exception.Message}"),
        });
        return new BundleException(faults);
    }

    /// <summary>Whether memory was refused, by the runtime or by ONNX Runtime.</summary>
    public static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || MemoryErrors.Any(error => exception.Message.Contains(error, StringComparison.Ordinal));
}
