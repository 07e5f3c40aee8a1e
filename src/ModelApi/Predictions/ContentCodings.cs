using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace ModelApi.Predictions;

/// <summary>Reads the name of a body's compression, and unpacks it.</summary>
internal static class ContentCodings
{
    private static readonly (string Name, ContentCoding Coding)[] Known =
    [
        ("gzip", ContentCoding.Gzip), ("br", ContentCoding.Brotli), ("deflate", ContentCoding.Deflate),
        ("identity", ContentCoding.Identity),
    ];

    /// <summary>Has the decoders refuse data that ends too early, which they otherwise take as a shorter body.</summary>
    public static void RefuseTruncated() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <returns>False for codings that are not known, and for several: nobody compresses twice except to attack.</returns>
    public static bool TryRead(StringValues header, out ContentCoding coding)
    {
        coding = ContentCoding.Identity;
        if (header.Count == 0)
        {
            return true;
        }

        if (header is not [{ } name])
        {
            return false;
        }

        foreach (var (known, meant) in Known)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                coding = meant;
                return true;
            }
        }

        return false;
    }

    /// <summary>Opens a stream that unpacks another one.</summary>
    public static Stream Open(ContentCoding coding, Stream packed) => coding switch
    {
        ContentCoding.Gzip => new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true),
        ContentCoding.Deflate => new ZLibStream(packed, CompressionMode.Decompress, leaveOpen: true),
        ContentCoding.Brotli => new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true),
        _ => packed,
    };
}
