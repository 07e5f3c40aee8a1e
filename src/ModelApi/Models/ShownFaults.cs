using ModelApi.Inference.Bundles;

namespace ModelApi.Models;

/// <summary>The faults of a version as the log and the answers show them: the first ones, of bounded length.</summary>
internal static class ShownFaults
{
    private const int Most = 20;
    private const int LongestPlace = 200;
    private const int LongestMessage = 1000;

    public static IReadOnlyList<BundleFault> Of(IReadOnlyList<BundleFault> faults) =>
        [.. faults.Take(Most).Select(fault => new BundleFault(
            Cut(fault.File, LongestPlace), Cut(fault.Path, LongestPlace), Cut(fault.Message, LongestMessage)))];

    /// <summary>In one line.</summary>
    public static string Text(IReadOnlyList<BundleFault> faults)
    {
        var text = string.Join(" | ", Of(faults));
        return faults.Count > Most ? $"{text} | and {faults.Count - Most} more" : text;
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");
}
