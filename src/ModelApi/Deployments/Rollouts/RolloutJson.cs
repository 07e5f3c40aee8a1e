using System.Text.Json.Serialization;

namespace ModelApi.Deployments.Rollouts;

/// <summary>How rollouts are kept in the store.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RolloutSettings))]
[JsonSerializable(typeof(RolloutState))]
[JsonSerializable(typeof(RolloutDetail))]
internal sealed partial class RolloutJson : JsonSerializerContext;
