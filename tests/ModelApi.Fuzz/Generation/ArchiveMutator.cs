using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ModelApi.Fuzz.Generation;

/// <summary>Spoils archives of bundles: bytes of the file, fields of a zip's headers, and blocks of a tar before it is packed.</summary>
internal static class ArchiveMutator
{
    private const int Block = 512;

    private static readonly uint[] Extremes = [0, 1, 2, 22, 100, 0x7FFF, 0xFFFF, 0x10000, int.MaxValue, 0x80000000, uint.MaxValue];
    private static readonly string[] Names =
    [
        "../model.json", "/etc/passwd", "a/model.json", "./model.json", "./", ".", "", "MODEL.JSON", "model.json", "C:x", "a\\b", "a\0b",
        "nul", "\u00E9",
    ];

    // The fields of the three headers of a zip: signature, and offset and size of each number.
    private static readonly (uint Signature, (int Offset, int Size)[] Fields)[] Headers =
    [
        (0x04034b50, [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)]),
        (0x02014b50, [(4, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (38, 4), (42, 4)]),
        (0x06054b50, [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)]),
    ];

    // The fields of a tar's header.
    private static readonly (int Offset, int Size)[] Fields =
        [(0, 100), (100, 8), (108, 8), (116, 8), (124, 12), (136, 12), (156, 1), (157, 100), (257, 8), (329, 8), (337, 8), (345, 155)];

    /// <summary>Spoils a zip.</summary>
    public static Sample Zip(Random random, byte[] zip) => random.Next(6) switch
    {
        < 2 => Bytes(random, zip),
        _ => Fielded(random, zip),
    };

    /// <summary>Spoils a tar file, and packs it.</summary>
    public static Sample Tar(Random random, byte[] tar)
    {
        if (random.Chance(0.2))
        {
            return Bytes(random, Gzip(tar));
        }

        var blocks = tar.Chunk(Block).Select(block => block.ToArray()).ToList();
        var at = random.Next(blocks.Count);
        switch (random.Next(8))
        {
            case 0:
                blocks.RemoveAt(at);
                return new Sample("block removed", Pack(blocks));
            case 1:
                blocks.Insert(at, blocks[random.Next(blocks.Count)]);
                return new Sample("block added", Pack(blocks));
            case 2:
                blocks.InsertRange(at, Enumerable.Repeat(new byte[Block], random.Length(20_000)));
                return new Sample("zeros added", Pack(blocks));
            case 3:
                var changed = Bytes(random, tar);
                return changed with { Kind = $"tar {changed.Kind}", Content = Gzip(changed.Content) };
            default:
                var header = random.Pick(blocks.Where(block => block.AsSpan(257).StartsWith("ustar"u8)).ToList());
                for (var changes = random.Next(1, 3); changes > 0; changes--)
                {
                    Change(random, header);
                }

                Seal(header);
                return new Sample("header", Pack(blocks));
        }
    }

    private static Sample Bytes(Random random, byte[] file)
    {
        switch (random.Next(4))
        {
            case 0:
                return new Sample("cut", file[..random.Next(file.Length)]);
            case 1:
                return new Sample("longer", [.. file, .. random.Bytes(random.Length(100_000))]);
            case 2:
                var (from, to) = (random.Next(file.Length), random.Next(file.Length));
                return new Sample("spliced", [.. file[..from], .. file[to..]]);
            default:
                var changed = file.ToArray();
                for (var i = random.Length(8); i >= 0; i--)
                {
                    changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                }

                return new Sample("bits", changed);
        }
    }

    private static Sample Fielded(Random random, byte[] zip)
    {
        var changed = zip.ToArray();
        var kind = "";
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var (signature, fields) = random.Pick(Headers);
            var places = Enumerable.Range(0, changed.Length - sizeof(uint))
                .Where(at => BinaryPrimitives.ReadUInt32LittleEndian(changed.AsSpan(at)) == signature)
                .ToList();
            if (places.Count == 0)
            {
                continue;
            }

            var field = random.Pick(fields);
            kind = $"field {signature:x} {field.Offset}";
            var place = changed.AsSpan(random.Pick(places) + field.Offset);
            if (place.Length < field.Size)
            {
                continue;
            }

            var value = random.Chance(0.7) ? random.Pick(Extremes) : (uint)random.Next(changed.Length * 2);
            for (var i = 0; i < field.Size; i++)
            {
                place[i] = (byte)(value >> (8 * i));
            }
        }

        return new Sample(kind, changed);
    }

    private static void Change(Random random, byte[] header)
    {
        var (offset, size) = random.Pick(Fields);
        var field = header.AsSpan(offset, size);
        switch (random.Next(5))
        {
            case 0:
                random.NextBytes(field);
                break;
            case 1:
                field.Clear();
                var name = Encoding.UTF8.GetBytes(random.Pick(Names));
                name.AsSpan(0, Math.Min(size, name.Length)).CopyTo(field);
                break;
            case 2 when size >= 8:
                // In binary, with the first bit set.
                BinaryPrimitives.WriteInt64BigEndian(field[^8..], random.NextInt64());
                field[0] |= 0x80;
                break;
            case 3 when size >= 8:
                Encoding.ASCII.GetBytes(Convert.ToString(random.NextInt64(1L << random.Next(1, 40)), 8).PadLeft(size - 1, '0'))
                    .AsSpan(0, size - 1).CopyTo(field);
                break;
            default:
                "0123456789gxLKSDMNVX"u8.Slice(random.Next(20), 1).CopyTo(header.AsSpan(156));
                break;
        }
    }

    private static void Seal(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes($"{Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0')}\0 ").CopyTo(header, 148);
    }

    private static byte[] Pack(List<byte[]> blocks) => Gzip([.. blocks.SelectMany(block => block)]);

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
