namespace ModelApi.Deployments.Archives;

/// <summary>The names of the formats, and their first bytes.</summary>
internal static class ArchiveFormats
{
    /// <summary>Bytes that tell the format.</summary>
    public const int MagicLength = 4;

    /// <summary>The media types under which an archive may be sent.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } =
    [
        "application/zip", "application/x-zip-compressed", "application/gzip", "application/x-gzip", "application/x-gtar",
        "application/x-tgz", "application/octet-stream",
    ];

    /// <summary>The name of a format: the end of such a file's name.</summary>
    public static string Name(this ArchiveFormat format) => format == ArchiveFormat.Zip ? "zip" : "tar.gz";

    /// <summary>The media type under which an archive is sent.</summary>
    public static string MediaType(this ArchiveFormat format) => format == ArchiveFormat.Zip ? "application/zip" : "application/gzip";

    /// <summary>The format with a name; null when there is none.</summary>
    public static ArchiveFormat? Find(string name) => name switch
    {
        "zip" => ArchiveFormat.Zip,
        "tar.gz" => ArchiveFormat.TarGz,
        _ => null,
    };

    /// <summary>The format of a file that begins with these bytes; null when it has none of the formats.</summary>
    public static ArchiveFormat? Sniff(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8) ? ArchiveFormat.Zip
            : start is [0x1F, 0x8B, ..] ? ArchiveFormat.TarGz
            : null;
}
