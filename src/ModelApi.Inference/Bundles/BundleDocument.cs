using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads what a bundle tells about its model in JSON, for people rather than for scoring.</summary>
internal static class BundleDocument
{
    /// <returns>The document, which keeps nothing of the file alive; null when the bundle has none or it is at fault.</returns>
    public static JsonElement? Read(string file, IReadOnlyDictionary<string, byte[]> files, BundleLimits limits, ICollection<BundleFault> faults)
    {
        if (!files.TryGetValue(file, out var content))
        {
            return null;
        }

        if (content.Length > limits.MaxDocumentBytes)
        {
            faults.Add(new BundleFault(file, "", $"The file has {content.Length} bytes; at most {limits.MaxDocumentBytes} are kept."));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }

            faults.Add(new BundleFault(file, "$", "Must be an object."));
        }
        catch (JsonException exception)
        {
            faults.Add(new BundleFault(file, exception.Path ?? "", $"Not valid JSON: {exception.Message}"));
        }

        return null;
    }
}
