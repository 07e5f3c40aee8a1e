using System.Text.Json.Serialization;

namespace ModelApi.Inference.Contracts;

/// <summary>What happened to a part of a contract.</summary>
public enum ContractChange
{
    /// <summary>It is new.</summary>
    [JsonStringEnumMemberName("added")]
    Added,

    /// <summary>It is gone.</summary>
    [JsonStringEnumMemberName("removed")]
    Removed,

    /// <summary>It has another name.</summary>
    [JsonStringEnumMemberName("renamed")]
    Renamed,

    /// <summary>It takes everything that it took before, and more.</summary>
    [JsonStringEnumMemberName("widened")]
    Widened,

    /// <summary>It no longer takes everything that it took before.</summary>
    [JsonStringEnumMemberName("narrowed")]
    Narrowed,

    /// <summary>The same items are in another order.</summary>
    [JsonStringEnumMemberName("reordered")]
    Reordered,

    /// <summary>It has another value.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,
}
