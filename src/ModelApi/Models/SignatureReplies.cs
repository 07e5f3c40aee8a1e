using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Signatures;

namespace ModelApi.Models;

/// <summary>The signature of a version.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Task">What it predicts.</param>
/// <param name="Target">The name of the predicted value.</param>
/// <param name="Targets">The names of the predicted values where they are several.</param>
/// <param name="Classes">
/// The classes (strings, numbers or booleans) in the order of the probabilities; left out where numbers are predicted.
/// </param>
/// <param name="Returns">The members of an answer.</param>
/// <param name="InstancesKey">The key under which a request may hold rows.</param>
/// <param name="UnknownCategory">The treatment of a category that the training data does not have.</param>
/// <param name="Features">The features of a row, in order.</param>
internal sealed record SignatureReply(
    string Model,
    string Version,
    ModelTask Task,
    string Target,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Targets,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JsonValue>? Classes,
    IReadOnlyList<string> Returns,
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
            signature.Targets.Count > 0 ? signature.Targets : null,
            signature.Classes is { } classes ? [.. Enumerable.Range(0, classes.Count).Select(classes.ValueOf)] : null,
            [.. AnswerMembers.Of(signature.Answer)],
            signature.InstancesKey,
            signature.UnknownCategory,
            [.. signature.Features.Select(FeatureReply.Of)]);
    }
}

/// <summary>One typed input of a model; members that do not apply are left out.</summary>
/// <param name="Name">The key in a request.</param>
/// <param name="Type">The JSON type of its values.</param>
/// <param name="Nullable">Whether null, or leaving the feature out, means a missing value.</param>
/// <param name="Categories">The values in the training data.</param>
/// <param name="MissingCategory">The category that null means.</param>
/// <param name="Shape">The lengths of a tensor's nested arrays.</param>
/// <param name="Minimum">The smallest value in the training data.</param>
/// <param name="Maximum">The largest value in the training data.</param>
/// <param name="MinimumLength">The smallest number of characters of a text.</param>
/// <param name="MaximumLength">The largest number of characters of a text that is no category.</param>
/// <param name="Description">Its meaning.</param>
/// <param name="Example">A value that is valid.</param>
internal sealed record FeatureReply(
    string Name,
    FeatureType Type,
    bool Nullable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Categories,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MissingCategory,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Shape,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Minimum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Maximum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MinimumLength,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MaximumLength,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description,
    JsonNode? Example)
{
    public static FeatureReply Of(Feature feature) => new(
        feature.Name,
        feature.Type,
        feature.Nullable,
        feature.Categories?.Names,
        feature.MissingCategory,
        feature.Shape,
        feature.Minimum,
        feature.Maximum,
        feature.MinimumLength > 0 ? feature.MinimumLength : null,
        feature is { Type: FeatureType.String, Categories: null } ? feature.MaximumLength : null,
        feature.Description,
        feature.Example);
}
