namespace ModelApi.Inference.Registry;

/// <summary>A version and where its bundle lies.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version's number.</param>
/// <param name="Folder">The bundle's folder.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="IsIsolated">Whether a process of its own proves it before it is loaded.</param>
public sealed record VersionSource(
    string Model, string Version, string Folder, VersionOrigin Origin = VersionOrigin.Folder, bool IsIsolated = false)
{
    /// <summary>A version in the folder of models, <c>…/model/version</c>.</summary>
    public static VersionSource Of(string model, string folder) => new(model, Path.GetFileName(folder), folder);
}
