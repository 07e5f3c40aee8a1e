using System.Text.Json.Serialization;

namespace ModelApi.Inference.Signatures;

/// <summary>What to do with a category that the trainer never saw.</summary>
public enum UnknownCategory
{
    /// <summary>Refuse the row, naming the categories that are known.</summary>
    [JsonStringEnumMemberName("reject")]
    Reject,

    /// <summary>Score the row with the feature encoded as no category, as scikit-learn's <c>handle_unknown='ignore'</c> does.</summary>
    [JsonStringEnumMemberName("encode-as-missing")]
    EncodeAsMissing,
}
