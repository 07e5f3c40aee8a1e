namespace ModelApi.Tests.Deployments.Archives;

/// <summary>An entry of a zip file, as its headers have it.</summary>
internal sealed record RawZipEntry(byte[] Name, byte[] Data)
{
    public uint Flags { get; init; } = 0x800; // UTF-8

    public uint Method { get; init; } = 8;

    public uint Crc { get; init; }

    public uint Size { get; init; }

    /// <summary>The size of the data, where the headers say another.</summary>
    public uint? PackedSize { get; init; }

    public uint Attributes { get; init; }
}
