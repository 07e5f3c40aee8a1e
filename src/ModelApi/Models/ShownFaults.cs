using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;

namespace ModelApi.Models;

/// <summary>The faults of a version as the log and the answers show them: the first ones.</summary>
internal static class ShownFaults
{
    private const int Most = 20;

    public static IReadOnlyList<BundleFault> Of(ModelVersion version) =>
        version.Faults.Count <= Most ? version.Faults : [.. version.Faults.Take(Most)];

    /// <summary>In one line.</summary>
    public static string Text(ModelVersion version)
    {
        var shown = Of(version);
        var more = version.FaultCount - shown.Count;
        return more > 0 ? $"{string.Join(" | ", shown)} | and {more} more" : string.Join(" | ", shown);
    }
}
