using System.Text.Json.Serialization;

namespace ModelApi.Inference.Signatures;

/// <summary>What a model predicts.</summary>
public enum ModelTask
{
    /// <summary>One of a fixed list of classes.</summary>
    [JsonStringEnumMemberName("classification")]
    Classification,

    /// <summary>A number, or one for each of several targets.</summary>
    [JsonStringEnumMemberName("regression")]
    Regression,

    /// <summary>One class for each of several targets.</summary>
    [JsonStringEnumMemberName("multilabel")]
    Multilabel,

    /// <summary>Whether a row is usual (1) or an outlier (-1).</summary>
    [JsonStringEnumMemberName("outlier-detection")]
    OutlierDetection,

    /// <summary>The cluster that a row belongs to.</summary>
    [JsonStringEnumMemberName("clustering")]
    Clustering,

    /// <summary>A number of which only the order means something.</summary>
    [JsonStringEnumMemberName("ranking")]
    Ranking,
}
