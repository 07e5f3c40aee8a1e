using System.Text.Json.Serialization;

namespace ModelApi.Inference.Signatures;

/// <summary>What a model predicts.</summary>
public enum ModelTask
{
    /// <summary>One of a fixed list of classes, with a probability for each.</summary>
    [JsonStringEnumMemberName("classification")]
    Classification,

    /// <summary>A number.</summary>
    [JsonStringEnumMemberName("regression")]
    Regression,
}
