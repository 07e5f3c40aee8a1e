using Microsoft.Net.Http.Headers;

namespace ModelApi.Deployments;

/// <summary>The ETag of an archive: its digest, so that it is the same on each server.</summary>
internal static class ArchiveTag
{
    /// <summary>A digest as answers show it.</summary>
    /// <param name="sha256">In hexadecimal.</param>
    public static string Name(string sha256) => $"sha256:{sha256}";

    public static EntityTagHeaderValue Of(string sha256) => new($"\"{Name(sha256)}\"");
}
