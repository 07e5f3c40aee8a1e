using System.Text.Json.Serialization;

namespace ModelApi.Inference.Bundles;

/// <summary>Whether rows of several callers are scored in one call.</summary>
public enum BatchingMode
{
    /// <summary>Where a measurement at load shows that it pays.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Always.</summary>
    [JsonStringEnumMemberName("on")]
    On,

    /// <summary>Never.</summary>
    [JsonStringEnumMemberName("off")]
    Off,
}
