using System.Text.Json.Serialization;

namespace ModelApi.Inference.Registry;

/// <summary>Whether a version can be called.</summary>
public enum VersionState
{
    /// <summary>It was received here or by another server, and its bundle is being fetched.</summary>
    [JsonStringEnumMemberName("received")]
    Received,

    /// <summary>A process of its own proves it.</summary>
    [JsonStringEnumMemberName("checking")]
    Checking,

    /// <summary>It is being loaded and proved here.</summary>
    [JsonStringEnumMemberName("loading")]
    Loading,

    /// <summary>Loaded, warm, and reproduced its golden rows.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Not loaded; its faults say why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Not loaded, since its bundle is not there.</summary>
    [JsonStringEnumMemberName("unloaded")]
    Unloaded,

    /// <summary>Not loaded, since somebody disabled it or its model.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,
}
