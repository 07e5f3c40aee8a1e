using System.Text.Json;
using System.Text.Unicode;
using ModelApi.Inference.Batches;

namespace ModelApi.Inference.Bundles;

/// <summary>Faults of the JSON files in a bundle.</summary>
internal static class BundleJson
{
    /// <summary>The fault of a file that the parser refused.</summary>
    /// <param name="file">The file.</param>
    /// <param name="refusal">The parser's exception.</param>
    /// <param name="json">What it parsed.</param>
    /// <param name="place">Where in the file that is, or empty for the whole file.</param>
    public static BundleFault Malformed(string file, JsonException refusal, ReadOnlySpan<byte> json, string place = "")
    {
        const int DepthOfParser = 64;
        if (JsonFault.Find(json, DepthOfParser) is null)
        {
            // Well-formed, so the parser refused what only a stricter reading forbids.
            var message = Utf8.IsValid(json) ? "Not valid JSON: a name occurs twice in one object." : "Not valid UTF-8.";
            return new BundleFault(file, place, message);
        }

        var fault = JsonFault.Explain(refusal, json, DepthOfParser);
        return new BundleFault(file, place, $"Not valid JSON at line {fault.Line}, position {fault.Position}: {fault.Message}");
    }

    /// <summary>Whether the exception is the parser's for an escape such as <c>\ud800</c> alone.</summary>
    public static bool IsHalfSurrogate(InvalidOperationException exception) => exception.Source == "System.Text.Json";

    public static BundleFault HalfSurrogate(string file, string place) =>
        new(file, place, "A text holds half of a surrogate pair (such as \\ud800 alone).");
}
