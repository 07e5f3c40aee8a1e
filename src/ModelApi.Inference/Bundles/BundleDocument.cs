using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads a JSON file in which a bundle describes its model to people.</summary>
internal static class BundleDocument
{
    /// <returns>The document, which does not keep the file's bytes alive; null when there is none or it has a fault.</returns>
    public static JsonElement? Read(
        string file, IReadOnlyDictionary<string, byte[]> files, BundleLimits limits, ICollection<BundleFault> faults)
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
            faults.Add(BundleJson.Malformed(file, exception, content));
        }

        return null;
    }
}
