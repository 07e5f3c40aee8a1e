using System.Text.Json.Serialization;

namespace ModelApi.Inference.Registry;

/// <summary>How a version proves itself beside the one in production.</summary>
public enum RolloutMode
{
    /// <summary>It gets copies of production's rows, and answers nobody.</summary>
    [JsonStringEnumMemberName("shadow")]
    Shadow,

    /// <summary>It answers a share of the calls.</summary>
    [JsonStringEnumMemberName("canary")]
    Canary,
}
