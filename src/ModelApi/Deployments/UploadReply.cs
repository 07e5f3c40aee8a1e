using ModelApi.Inference.Bundles;
using ModelApi.Inference.Registry;
using ModelApi.Models;

namespace ModelApi.Deployments;

/// <summary>A version that was uploaded.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version's number.</param>
/// <param name="State">How far it is: <c>ready</c> or <c>failed</c> in the end.</param>
/// <param name="Stage">Its stage; <c>None</c> until somebody sets one.</param>
/// <param name="Digest">The SHA-256 of the archive, which is its ETag as well.</param>
/// <param name="Bytes">The size of the archive.</param>
/// <param name="Faults">Why it failed: at most 20 faults.</param>
/// <param name="FaultCount">How many faults it has.</param>
internal sealed record UploadReply(
    string Model,
    string Version,
    VersionState State,
    Stage Stage,
    string Digest,
    long Bytes,
    IReadOnlyList<BundleFault> Faults,
    long FaultCount)
{
    /// <param name="model">The model's name.</param>
    /// <param name="number">The version's number.</param>
    /// <param name="digest">The digest of the archive, in hexadecimal.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="found">What the registry knows; null for nothing yet.</param>
    /// <param name="stage">Its stage.</param>
    public static UploadReply Of(string model, string number, string digest, long bytes, ModelVersion? found, Stage stage) => new(
        model,
        number,
        found?.State ?? VersionState.Received,
        stage,
        ArchiveTag.Name(digest),
        bytes,
        found is null ? [] : ShownFaults.Of(found),
        found?.FaultCount ?? 0);
}
