using System.Text.Json.Serialization;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;

namespace ModelApi.Models;

/// <summary>All models.</summary>
/// <param name="Default">The model that routes without a name serve, or null when it is not configured and there are several.</param>
/// <param name="Models">The models, by name.</param>
internal sealed record ModelListReply(string? Default, IReadOnlyList<ModelReply> Models);

/// <summary>One model.</summary>
/// <param name="Name">The name that clients call.</param>
/// <param name="Production">The version that is served, or null when none is ready.</param>
/// <param name="Revision">Counts the changes of stages, aliases and the like; the ETag of the model, for If-Match.</param>
/// <param name="Disabled">Whether it is disabled; then calls are answered with 503.</param>
/// <param name="Aliases">The version that each alias names.</param>
/// <param name="Versions">All versions, in ascending order.</param>
internal sealed record ModelReply(
    string Name,
    string? Production,
    long Revision,
    bool Disabled,
    IReadOnlyDictionary<string, string> Aliases,
    IReadOnlyList<VersionReply> Versions)
{
    /// <summary>The ETag of a model with this revision.</summary>
    public static string TagOf(long revision) => FormattableString.Invariant($"\"{revision}\"");

    public static ModelReply Of(Model model, bool withSignatures) => new(
        model.Name,
        model.Production?.Version,
        model.Placement.Revision,
        model.Placement.IsDisabled,
        model.Placement.Aliases,
        [.. model.Versions.Select(version => VersionReply.Of(version, model.StageOf(version), withSignatures))]);
}

/// <summary>One version of a model.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State">Whether it can be called.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Origin">Whether it lies in the folder of models or was uploaded.</param>
/// <param name="Description">The description in its manifest.</param>
/// <param name="Engine">The engine that scores its rows.</param>
/// <param name="EngineReason">Why this engine was chosen.</param>
/// <param name="Kernels">The kernels that walk its trees, and the speed of each when the version was loaded.</param>
/// <param name="Batching">Whether rows of several callers are scored in one call, and why.</param>
/// <param name="Digest">The SHA-256 of its content.</param>
/// <param name="LoadMilliseconds">The time it took to load.</param>
/// <param name="GoldenRows">The number of golden rows that it reproduced.</param>
/// <param name="LargestDifference">The largest difference from the trainer's numbers, such as probabilities.</param>
/// <param name="AllowedDifference">The largest difference that this number may have, in the same unit.</param>
/// <param name="TiedRows">
/// Golden rows with another label than the trainer's, where the trainer's own best two classes lie within the tolerance.
/// </param>
/// <param name="Tolerance">The tolerance of the model: of probabilities absolute, of other numbers relative to their scale.</param>
/// <param name="ToleranceReason">Why the tolerance is wider than the usual one.</param>
/// <param name="Faults">Why it failed: at most 20 faults.</param>
/// <param name="FaultCount">How many faults it has.</param>
/// <param name="Signature">Its signature; left out of the list of all models, and for a version that failed.</param>
internal sealed record VersionReply(
    string Version,
    VersionState State,
    Stage Stage,
    VersionOrigin Origin,
    string? Description,
    string? Engine,
    string? EngineReason,
    string? Kernels,
    string? Batching,
    string? Digest,
    double LoadMilliseconds,
    int? GoldenRows,
    double? LargestDifference,
    double? AllowedDifference,
    int? TiedRows,
    double? Tolerance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ToleranceReason,
    IReadOnlyList<BundleFault> Faults,
    long FaultCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SignatureReply? Signature)
{
    public static VersionReply Of(ModelVersion version, Stage stage, bool withSignature) => new(
        version.Version,
        version.State,
        stage,
        version.Origin,
        version.Manifest?.Description,
        version.Scorer?.Engine,
        version.Selected?.Reason,
        version.Scorer?.Kernels,
        version.Batching?.Reason,
        version.Digest is { } digest ? $"sha256:{digest}" : null,
        Math.Round(version.LoadTime.TotalMilliseconds, 1),
        version.Golden?.Rows,
        version.Golden?.LargestDifference,
        version.Golden?.Allowed,
        version.Golden?.TiedRows,
        version.Golden?.Tolerance.Share,
        version.Golden?.Tolerance.Reason,
        ShownFaults.Of(version),
        version.FaultCount,
        withSignature && version.Manifest is { } manifest ? SignatureReply.Of(manifest) : null);
}
