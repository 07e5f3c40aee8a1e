using System.Text.Json.Serialization;

namespace ModelApi.Inference.Registry;

/// <summary>Whether a version can be called.</summary>
public enum VersionState
{
    /// <summary>Found on disk, and neither ready nor failed yet.</summary>
    [JsonStringEnumMemberName("loading")]
    Loading,

    /// <summary>Loaded, warm, and reproduced its golden rows.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Not loaded; its faults say why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
