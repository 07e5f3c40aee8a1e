using System.Text.Json.Serialization;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>A change that was made.</summary>
/// <param name="Action">What was done, as the model's history calls it.</param>
/// <param name="Changed">Whether anything is other than before.</param>
/// <param name="Version">The version that it is about, if any.</param>
/// <param name="Before">The version that was in its place before, if any.</param>
/// <param name="Model">The model as it is now; null where it was deleted.</param>
/// <param name="Difference">How the two versions differ; left out where no version has taken the place of another.</param>
internal sealed record ModelChangeReply(
    string Action,
    bool Changed,
    string? Version,
    string? Before,
    ModelReply? Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VersionDiffReply? Difference)
{
    public static ModelChangeReply Of(Edit edit, Model before, Model? now) => new(
        edit.Action,
        !edit.ChangesNothing,
        edit.Version,
        edit.Before,
        now is null ? null : ModelReply.Of(now, withSignatures: false),
        edit.Contract is not null ? VersionDiffReply.Of(before.Find(edit.Before!)!, before.Find(edit.Version!)!) : null);
}
