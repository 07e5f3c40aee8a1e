using System.Text.Json.Serialization;

namespace ModelApi.Inference.Signatures;

/// <summary>What to do with a category that the trainer never saw.</summary>
public enum UnknownCategory
{
    /// <summary>Refuse the row and name the known categories.</summary>
    [JsonStringEnumMemberName("reject")]
    Reject,

    /// <summary>Score the row with the feature encoded as no category, as scikit-learn's <c>handle_unknown='ignore'</c> does.</summary>
    [JsonStringEnumMemberName("encode-as-missing")]
    EncodeAsMissing,
}
