using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>Writes tar files block by block, so that each field can lie.</summary>
internal static class RawTar
{
    public const int Block = 512;

    /// <summary>The mark at the end: two blocks of zeros.</summary>
    public static byte[] End { get; } = new byte[2 * Block];

    /// <summary>A header and the content, filled up to whole blocks.</summary>
    public static byte[] Entry(string name, byte[] content, char type = '0', string link = "") =>
        [.. Header(name, content.Length, type, link), .. content, .. new byte[-content.Length & (Block - 1)]];

    /// <summary>A header with any size; null for a field that is no number.</summary>
    public static byte[] Header(string name, long? size, char type = '0', string link = "")
    {
        var header = new byte[Block];
        Encoding.UTF8.GetBytes(name).AsSpan(0, Math.Min(100, Encoding.UTF8.GetByteCount(name))).CopyTo(header);
        Octal(header, 100, 8, 0b110_100_100);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        if (size is { } number)
        {
            Octal(header, 124, 12, number);
        }
        else
        {
            "12x45678901\0"u8.CopyTo(header.AsSpan(124));
        }

        Octal(header, 136, 12, 1_700_000_000);
        header[156] = (byte)type;
        Encoding.UTF8.GetBytes(link).CopyTo(header, 157);
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        "00"u8.CopyTo(header.AsSpan(263));
        return Seal(header);
    }

    /// <summary>A header with a size in binary, as GNU tar writes those that octal digits cannot hold.</summary>
    public static byte[] BinaryHeader(string name, byte[] size)
    {
        var header = Header(name, 0);
        size.CopyTo(header, 124);
        return Seal(header);
    }

    /// <summary>Extended attributes for the entry that follows, or for all.</summary>
    public static byte[] Attributes(char type, params (string Name, string Value)[] attributes) =>
        Entry("PaxHeaders/x", Encoding.UTF8.GetBytes(string.Concat(attributes.Select(Record))), type);

    public static byte[] Gzip(params byte[][] blocks)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            foreach (var block in blocks)
            {
                gzip.Write(block);
            }
        }

        return packed.ToArray();
    }

    private static string Record((string Name, string Value) attribute)
    {
        var rest = $" {attribute.Name}={attribute.Value}\n";
        var bytes = Encoding.UTF8.GetByteCount(rest);
        var length = bytes + 1;
        while (length != bytes + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = bytes + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        return $"{length}{rest}";
    }

    private static byte[] Seal(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(value => value);
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ").CopyTo(header, 148);
        return header;
    }

    private static void Octal(byte[] header, int at, int length, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0') + "\0").CopyTo(header, at);
}
