using System.Text.Json;

namespace ModelApi.Fuzz.Generation;

/// <summary>A shipped model as its clients know it, read without any of the product's readers.</summary>
internal sealed record ModelSchema(string Name, string InstancesKey, IReadOnlyList<FeatureSchema> Features, IReadOnlyList<Golden> Golden)
{
    /// <summary>The first version of each model in a folder.</summary>
    public static IReadOnlyList<ModelSchema> ReadAll(string models) =>
        [.. Directory.GetDirectories(models).Order(StringComparer.Ordinal).Select(model => Read(Path.Combine(model, "1")))];

    public static ModelSchema Read(string bundle)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(bundle, "model.json")));
        var root = manifest.RootElement;
        return new ModelSchema(
            root.GetProperty("name").GetString()!,
            root.TryGetProperty("instancesKey", out var key) ? key.GetString()! : "instances",
            [.. root.GetProperty("features").EnumerateArray().Select(FeatureSchema.Of)],
            Inference.Tests.Fixtures.Golden.Read(bundle));
    }
}
