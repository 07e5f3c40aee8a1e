using System.Text.Json;

namespace ModelApi.Inference.Bundles;

/// <summary>Reads a JSON file in which a bundle describes its model to people.</summary>
internal static class BundleDocument
{
    /// <returns>The document, which does not keep the file's bytes alive; null when there is none or it has a fault.</returns>
    public static JsonElement? Read(
        string file, IReadOnlyDictionary<string, byte[]> files, BundleFaults faults)
    {
        if (!files.TryGetValue(file, out var content))
        {
            return null;
        }

        try
        {
            using var document = BundleJson.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                faults.Add(new BundleFault(file, "$", "Must be an object."));
            }
            else if (BundleJson.HasHalfSurrogate(content))
            {
                faults.Add(BundleJson.HalfSurrogate(file, ""));
            }
            else
            {
                return document.RootElement.Clone();
            }
        }
        catch (JsonException exception)
        {
            faults.Add(BundleJson.Malformed(file, exception, content));
        }

        return null;
    }
}
