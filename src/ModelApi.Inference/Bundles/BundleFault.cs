namespace ModelApi.Inference.Bundles;

/// <summary>One reason why a bundle cannot be served.</summary>
/// <param name="File">The file in the bundle that is at fault, relative to the bundle's folder.</param>
/// <param name="Path">Where in the file: a JSON path such as <c>$.features[3].type</c>, or empty for the file as a whole.</param>
/// <param name="Message">A sentence that says what is expected.</param>
public sealed record BundleFault(string File, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File} {Path}".Trim() is { Length: > 0 } place ? $"{place}: {Message}" : Message;
}
