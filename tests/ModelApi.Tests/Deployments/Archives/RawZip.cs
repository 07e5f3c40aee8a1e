using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace ModelApi.Tests.Deployments.Archives;

/// <summary>Writes zip files field by field, so that each field can lie.</summary>
internal static class RawZip
{
    /// <summary>A plain entry with a mode, as Info-ZIP writes it.</summary>
    public static RawZipEntry Entry(string name, byte[] content, uint mode = 0x81A4)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest))
        {
            deflate.Write(content);
        }

        return new RawZipEntry(Encoding.UTF8.GetBytes(name), packed.ToArray())
        {
            Crc = Crc32.HashToUInt32(content),
            Size = (uint)content.Length,
            Attributes = mode << 16,
        };
    }

    /// <summary>Writes a file.</summary>
    /// <param name="entries">The entries; where one has the data of another, it is written once.</param>
    /// <param name="before">What comes before the first.</param>
    /// <param name="comment">The comment at the end.</param>
    public static byte[] Write(IReadOnlyList<RawZipEntry> entries, byte[]? before = null, string comment = "")
    {
        var file = new MemoryStream();
        file.Write(before ?? []);
        var places = new Dictionary<byte[], long>();
        foreach (var entry in entries)
        {
            if (places.TryAdd(entry.Data, file.Position))
            {
                Header(file, 0x04034b50, entry);
                file.Write(entry.Name);
                file.Write(entry.Data);
            }
        }

        var start = file.Position;
        foreach (var entry in entries)
        {
            Header(file, 0x02014b50, entry);
            Number(file, 0, 2); // length of the comment
            Number(file, 0, 4); // disk, internal attributes
            Number(file, entry.Attributes, 4);
            Number(file, (uint)places[entry.Data], 4);
            file.Write(entry.Name);
        }

        var size = file.Position - start;
        Number(file, 0x06054b50, 4);
        Number(file, 0, 4);
        Number(file, (uint)entries.Count, 2);
        Number(file, (uint)entries.Count, 2);
        Number(file, (uint)size, 4);
        Number(file, (uint)start, 4);
        Number(file, (uint)comment.Length, 2);
        file.Write(Encoding.ASCII.GetBytes(comment));
        return file.ToArray();
    }

    private static void Header(MemoryStream file, uint signature, RawZipEntry entry)
    {
        Number(file, signature, 4);
        if (signature == 0x02014b50)
        {
            Number(file, 0x0314, 2); // made on Unix
        }

        Number(file, 20, 2);
        Number(file, entry.Flags, 2);
        Number(file, entry.Method, 2);
        Number(file, 0x5A7A0000, 4); // 2025-03-26
        Number(file, entry.Crc, 4);
        Number(file, entry.PackedSize ?? (uint)entry.Data.Length, 4);
        Number(file, entry.Size, 4);
        Number(file, (uint)entry.Name.Length, 2);
        Number(file, 0, 2);
    }

    private static void Number(MemoryStream file, uint value, int bytes)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(number, value);
        file.Write(number[..bytes]);
    }
}
