using System.Text.Json;

namespace ModelApi.Fuzz.Generation;

/// <summary>One feature of a manifest.</summary>
internal sealed record FeatureSchema(string Name, string Type, IReadOnlyList<string> Categories)
{
    public static FeatureSchema Of(JsonElement feature) => new(
        feature.GetProperty("name").GetString()!,
        feature.GetProperty("type").GetString()!,
        feature.TryGetProperty("categories", out var categories)
            ? [.. categories.EnumerateArray().Select(category => category.ToString())]
            : []);
}
