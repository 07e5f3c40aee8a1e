using ModelApi.Inference.Registry;

namespace ModelApi.OpenApi;

/// <summary>A prefix under which a version is served, and the names that the document uses for it.</summary>
/// <param name="Prefix">The start of its paths; empty for the default model.</param>
/// <param name="Tag">The group in which its operations are shown.</param>
/// <param name="Name">The part of its operation ids that makes them unique; empty for the default model.</param>
/// <param name="Schemas">The start of its schemas' names.</param>
/// <param name="Version">The version that answers.</param>
internal sealed record ModelRoutes(string Prefix, string Tag, string Name, string Schemas, ModelVersion Version)
{
    /// <summary>Whether the prefix names the version, and not only the model.</summary>
    public bool IsOfOneVersion { get; init; }
}
