using ModelApi.Inference.Registry;

namespace ModelApi.OpenApi;

/// <summary>A prefix under which a version is served, and the names that the document uses for it.</summary>
/// <param name="Prefix">The start of its paths; empty for the default model.</param>
/// <param name="Tag">The group in which its operations are shown.</param>
/// <param name="Operations">The part of its operation ids that makes them unique; empty for the default model.</param>
/// <param name="ModelName">The start of the names of its model's components.</param>
/// <param name="VersionName">The start of the names of its own components, where they differ from the model's.</param>
/// <param name="Version">The version that answers.</param>
internal sealed record ModelRoutes(string Prefix, string Tag, string Operations, string ModelName, string VersionName, ModelVersion Version)
{
    /// <summary>Whether the paths name the model.</summary>
    public bool NamesModel => Prefix.Length > 0;

    /// <summary>Whether the paths name the version, too.</summary>
    public bool NamesVersion { get; init; }

    /// <summary>Whether the document is for callers with a key or token, and may show what their routes answer.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Names of a component, for <see cref="SharedParts"/>: a version shares what it has in common with its model.</summary>
    public string[] Names(string kind) => [ModelName + kind, VersionName + kind];
}
