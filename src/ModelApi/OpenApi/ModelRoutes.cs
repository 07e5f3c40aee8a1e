using ModelApi.Inference.Registry;

namespace ModelApi.OpenApi;

/// <summary>Where a version is reached, and how the document calls what belongs to it.</summary>
/// <param name="Prefix">What its paths begin with.</param>
/// <param name="Tag">The group in which its operations are shown.</param>
/// <param name="Name">What the names of its operations hold.</param>
/// <param name="Schemas">What the names of its schemas begin with.</param>
/// <param name="Version">The version.</param>
internal sealed record ModelRoutes(string Prefix, string Tag, string Name, string Schemas, ModelVersion Version);
