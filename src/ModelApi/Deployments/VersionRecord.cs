using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>What the store keeps about a version.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Origin">Where its bundle comes from.</param>
/// <param name="Digest">SHA-256 of the uploaded archive, 64 hexadecimal digits in lower case; null for a version of the folder.</param>
/// <param name="Format">The kind of archive: <c>zip</c> or <c>tar.gz</c>; null for a version of the folder.</param>
/// <param name="Bytes">The length of the archive; 0 for a version of the folder.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="IsDisabled">Whether calls are refused.</param>
/// <param name="IsDeleted">Whether it is hidden; so stays a version of the folder, which nobody deletes there.</param>
/// <param name="Created">When it came.</param>
/// <param name="CreatedBy">Who uploaded it.</param>
internal sealed record VersionRecord(
    string Version,
    VersionOrigin Origin,
    string? Digest,
    string? Format,
    long Bytes,
    Stage Stage,
    bool IsDisabled,
    bool IsDeleted,
    DateTimeOffset Created,
    string? CreatedBy);
