using ModelApi.Inference.Bundles.MlNet;

namespace ModelApi.Inference.Bundles;

/// <summary>Checks a saved ML.NET model before ML.NET sees it.</summary>
internal static class ModelZipReader
{
    /// <param name="file">The file's name.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="limits">How large it may be.</param>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The model; not to be loaded when there are faults.</returns>
    public static ModelZip Read(
        string file, byte[] content, BundleLimits limits, BundleFaults faults, CancellationToken cancellationToken)
    {
        try
        {
            var mostBytes = Math.Max(limits.MaxExpandedBytes / 4, Math.Min(limits.MaxFileBytes, limits.MaxZipRatio * (long)content.Length));
            var components = ZipEntries.Read(content, limits.MaxZipEntries, mostBytes, cancellationToken);
            foreach (var fault in components.Select(KnownComponents.FindFault).OfType<string>().Distinct(StringComparer.Ordinal))
            {
                faults.Add(new BundleFault(file, "", fault));
            }

            if (components.Count == 0)
            {
                faults.Add(new BundleFault(file, "", "Holds no ML.NET model; save it with mlContext.Model.Save(model, schema, path)."));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            faults.Add(new BundleFault(file, "", $"Not a valid zip of an ML.NET model: {exception.Message}"));
        }

        return new ModelZip(file, content);
    }
}
