using System.Text.Json.Serialization;

namespace ModelApi.Inference.Registry;

/// <summary>Where a version came from.</summary>
public enum VersionOrigin
{
    /// <summary>It lies in the folder of models.</summary>
    [JsonStringEnumMemberName("folder")]
    Folder,

    /// <summary>It was uploaded. Such a version is never served by a model's name alone before somebody moves it to production.</summary>
    [JsonStringEnumMemberName("upload")]
    Upload,
}
