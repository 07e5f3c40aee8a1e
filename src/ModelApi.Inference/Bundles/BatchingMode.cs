using System.Text.Json.Serialization;

namespace ModelApi.Inference.Bundles;

/// <summary>Whether rows of several callers are scored in one call.</summary>
public enum BatchingMode
{
    /// <summary>Where it was found to pay when the version was loaded.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Always.</summary>
    [JsonStringEnumMemberName("on")]
    On,

    /// <summary>Never.</summary>
    [JsonStringEnumMemberName("off")]
    Off,
}
