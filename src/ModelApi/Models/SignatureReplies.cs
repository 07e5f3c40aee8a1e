using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Models;

/// <summary>What a version takes and what it returns.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Task">What is predicted: one of some classes, or a number.</param>
/// <param name="Target">The name of what is predicted.</param>
/// <param name="Classes">The classes, texts or whole numbers, in the order of the probabilities; left out for a regression.</param>
/// <param name="InstancesKey">The key under which a request may hold rows.</param>
/// <param name="UnknownCategory">What happens to a category that the trainer never saw.</param>
/// <param name="Features">What a row holds, in order.</param>
internal sealed record SignatureReply(
    string Model,
    string Version,
    ModelTask Task,
    string Target,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JsonValue>? Classes,
    string InstancesKey,
    UnknownCategory UnknownCategory,
    IReadOnlyList<FeatureReply> Features)
{
    public static SignatureReply Of(BundleManifest manifest)
    {
        var signature = manifest.Signature;
        return new SignatureReply(
            manifest.Name,
            manifest.Version,
            signature.Task,
            signature.Target,
            signature.Classes is { } classes ? [.. Enumerable.Range(0, classes.Count).Select(classes.ValueOf)] : null,
            signature.InstancesKey,
            signature.UnknownCategory,
            [.. signature.Features.Select(FeatureReply.Of)]);
    }
}

/// <summary>One typed input of a model; what does not apply to it is left out.</summary>
/// <param name="Name">The key in a request.</param>
/// <param name="Type">The JSON type that a value must have.</param>
/// <param name="Nullable">Whether null, or leaving the feature out, means a missing value.</param>
/// <param name="Categories">The values that the trainer saw.</param>
/// <param name="Minimum">The smallest value seen in training.</param>
/// <param name="Maximum">The largest value seen in training.</param>
/// <param name="MinimumLength">The smallest number of characters of a text.</param>
/// <param name="Description">What it means.</param>
/// <param name="Example">A value that is valid.</param>
internal sealed record FeatureReply(
    string Name,
    FeatureType Type,
    bool Nullable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Categories,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Minimum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Maximum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MinimumLength,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description,
    JsonNode? Example)
{
    public static FeatureReply Of(Feature feature) => new(
        feature.Name,
        feature.Type,
        feature.Nullable,
        feature.Categories?.Names,
        feature.Minimum,
        feature.Maximum,
        feature.MinimumLength > 0 ? feature.MinimumLength : null,
        feature.Description,
        feature.Example);
}
