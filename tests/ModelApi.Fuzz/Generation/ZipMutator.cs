using System.Buffers.Binary;
using System.IO.Compression;

namespace ModelApi.Fuzz.Generation;

/// <summary>Spoils the zip of an ML.NET model: the archive itself, or what one of its entries holds, in an archive that is sound.</summary>
internal static class ZipMutator
{
    private static readonly int[] Extremes = [0, 1, -1, 2, 100, 65_536, 1 << 20, 1 << 28, int.MaxValue, int.MinValue];

    public static Sample Next(Random random, byte[] zip) => random.Next(10) switch
    {
        0 => new Sample("cut", zip[..random.Next(zip.Length)]),
        1 => new Sample("bits", Flip(random, zip)),
        2 => new Sample("longer", [.. zip, .. random.Bytes(random.Length(100_000))]),
        _ => Repacked(random, zip),
    };

    private static Sample Repacked(Random random, byte[] zip)
    {
        var entries = Read(zip);
        var at = random.Next(entries.Count);
        var (name, content) = entries[at];
        var kind = random.Next(10);
        switch (kind)
        {
            case 0:
                entries.RemoveAt(at);
                return new Sample("entry removed", Write(entries));
            case 1:
                entries[at] = (random.Pick(["../" + name, "/" + name, name.Replace('/', '\\'), "x" + name, new string('a', 300)]), content);
                return new Sample("entry renamed", Write(entries));
            case 2:
                entries.Add((random.Chance(0.5) ? name : $"{name}.more", content));
                return new Sample("entry added", Write(entries));
            case 3:
                entries[at] = (name, content[..random.Next(content.Length + 1)]);
                return new Sample("entry cut", Write(entries));
            case 4:
                entries[at] = (name, [.. content, .. new byte[random.Length(10_000_000)]]);
                return new Sample("entry longer", Write(entries));
            case 5:
                entries[at] = (name, entries[random.Next(entries.Count)].Content);
                return new Sample("entry of another", Write(entries));
            case 6 or 7:
                entries[at] = (name, Flip(random, content));
                return new Sample("entry bits", Write(entries));
            default:
                entries[at] = (name, Overwrite(random, content));
                return new Sample("entry number", Write(entries));
        }
    }

    private static byte[] Flip(Random random, byte[] content)
    {
        var changed = content.ToArray();
        for (var i = random.Length(8); i >= 0 && changed.Length > 0; i--)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }

        return changed;
    }

    private static byte[] Overwrite(Random random, byte[] content)
    {
        var changed = content.ToArray();
        if (changed.Length >= sizeof(int))
        {
            // Numbers lie at multiples of four as often as not.
            var at = random.Next(changed.Length - sizeof(int) + 1);
            at -= random.Chance(0.5) ? at % sizeof(int) : 0;
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at), random.Chance(0.7) ? random.Pick(Extremes) : random.Next());
        }

        return changed;
    }

    private static List<(string Name, byte[] Content)> Read(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        return [.. archive.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return (entry.FullName, content.ToArray());
        })];
    }

    private static byte[] Write(List<(string Name, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
