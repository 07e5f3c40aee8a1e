using System.IO.Hashing;

namespace ModelApi.Deployments.Archives;

/// <summary>Keeps the length and the CRC-32 of what is read. .NET 10 compares neither with what a zip or a gzip declares.</summary>
internal sealed class ChecksumStream(Stream inner) : ObservedStream(inner)
{
    private readonly Crc32 _crc = new();

    /// <summary>Bytes that were read.</summary>
    public long Count { get; private set; }

    /// <summary>Their CRC-32, as zip and gzip have it.</summary>
    public uint Crc => _crc.GetCurrentHashAsUInt32();

    protected override void See(ReadOnlySpan<byte> bytes)
    {
        Count += bytes.Length;
        _crc.Append(bytes);
    }
}
