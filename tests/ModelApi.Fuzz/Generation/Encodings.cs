using System.IO.Compression;

namespace ModelApi.Fuzz.Generation;

/// <summary>Encoded bodies, whole and damaged.</summary>
internal static class Encodings
{
    private static readonly string[] Names = ["gzip", "br", "deflate"];

    private static readonly string[] Lies =
    [
        "gzip", "br", "deflate", "GZIP", "x-gzip", "gzip, br", "br,gzip", "identity", "", "gzip;q=1", "zstd", "compress", "\tgzip",
    ];

    /// <summary>A body with its Content-Encoding.</summary>
    public static (string Kind, string Name, byte[] Content) Next(Random random, byte[] body)
    {
        var name = random.Pick(Names);
        var packed = Pack(name, body);
        switch (random.Next(8))
        {
            case 0:
                return ("truncated encoding", name, packed[..random.Next(packed.Length)]);
            case 1 when packed.Length > 0:
                packed[random.Next(packed.Length)] ^= (byte)(1 << random.Next(8));
                return ("damaged encoding", name, packed);
            case 2:
                return ("false encoding", random.Pick(Lies), random.Chance(0.5) ? body : packed);
            case 3:
                return ("bytes after an encoding", name, [.. packed, .. random.Bytes(random.Length(100))]);
            case 4:
                return ("two encodings", $"{name}, gzip", Pack("gzip", packed));
            default:
                return ("encoded", name, packed);
        }
    }

    public static byte[] Pack(string name, byte[] body)
    {
        using var packed = new MemoryStream();
        using (Stream stream = name switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            _ => new ZLibStream(packed, CompressionLevel.Fastest),
        })
        {
            stream.Write(body);
        }

        return packed.ToArray();
    }
}
