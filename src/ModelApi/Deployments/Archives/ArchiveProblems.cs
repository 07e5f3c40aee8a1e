using ModelApi.Errors;

namespace ModelApi.Deployments.Archives;

/// <summary>Why an archive is not taken.</summary>
internal static class ArchiveProblems
{
    private static string MediaTypes { get; } = string.Join(", ", ArchiveFormats.MediaTypes);

    public static Problem Unreadable(ArchiveException exception) => new(
        400, ProblemTypes.BadArchive, "The archive cannot be read",
        $"The body must be a bundle as a zip or tar.gz file. {exception.Message}");

    public static Problem TooLarge(long maxBytes) => Problem.Of(new PredictionFailure(
        FailureKind.TooLarge, $"An archive may have at most {maxBytes} bytes; Deployments:MaxUploadMegabytes sets that.")
    {
        Facts = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
    });

    public static Problem UnsupportedMediaType() => Problem.Of(Failures.UnsupportedMediaType(
        $"Send a zip or tar.gz file, with one of the headers Content-Type: {MediaTypes}."));

    public static Problem UnsupportedCoding() => Problem.Of(Failures.UnsupportedMediaType(
        "Send the archive as it is, without Content-Encoding; it is packed already."));

    public static Problem MalformedDigest() => Problem.Of(Failures.InvalidHeader(ContentDigest.Field, ContentDigest.Expected));

    /// <param name="algorithm">The algorithm whose digest is another one.</param>
    public static Problem WrongDigest(string algorithm) => new(
        400, ProblemTypes.DigestMismatch, "The content is not what was sent",
        $"The body does not have the {algorithm} of the header {ContentDigest.Field}: it was damaged on the way, or the digest is that of "
        + "another file. Send it again.");

    /// <summary>So many archives are coming that no further one is taken.</summary>
    public static Problem TooMany() => Problem.Of(new PredictionFailure(
        FailureKind.Overloaded, "Other archives are being received; send this one again after Retry-After.")
    {
        RetryAfterSeconds = 5,
    });
}
