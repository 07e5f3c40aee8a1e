using System.Text.Json.Serialization;

namespace ModelApi.Inference.Signatures;

/// <summary>The JSON type of a feature.</summary>
public enum FeatureType
{
    /// <summary>A whole number of at most 2^53 in magnitude; 41 and 41.0 are the same.</summary>
    [JsonStringEnumMemberName("integer")]
    Integer,

    /// <summary>A finite number, within the range of what the graph takes: mostly of a 32-bit float.</summary>
    [JsonStringEnumMemberName("number")]
    Number,

    /// <summary>Text: one of the feature's categories, or free text when it has none.</summary>
    [JsonStringEnumMemberName("string")]
    String,

    /// <summary>True or false.</summary>
    [JsonStringEnumMemberName("boolean")]
    Boolean,

    /// <summary>Numbers in nested arrays of a fixed shape: an image, a sequence, a vector.</summary>
    [JsonStringEnumMemberName("tensor")]
    Tensor,
}
