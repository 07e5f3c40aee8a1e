using System.Buffers.Binary;
using System.Text;

namespace ModelApi.Inference.Bundles.MlNet;

/// <summary>Reads the headers that ML.NET writes before each component of a saved model.</summary>
/// <remarks>
/// A header has 256 bytes: a signature, the places of the model, of its texts and of the name of an assembly, and the names of the
/// loaders. ML.NET loads that assembly and has the loader create the component, so both are checked before it sees the file.
/// </remarks>
internal static class ComponentHeader
{
    private const int Size = 256;
    private const int LongestName = 1024;

    private static ReadOnlySpan<byte> Signature => "ML\0MODEL"u8;

    /// <summary>All components that begin within the bytes, wherever they do.</summary>
    /// <exception cref="InvalidDataException">A header is cut or leads out of the bytes.</exception>
    public static void ReadAll(ReadOnlySpan<byte> entry, List<ZipComponent> components)
    {
        for (var at = 0; entry[at..].IndexOf(Signature) is var next and >= 0; at += next + Signature.Length)
        {
            components.Add(Read(entry[(at + next)..]));
        }
    }

    private static ZipComponent Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size)
        {
            throw new InvalidDataException("the header of a component is cut.");
        }

        var loaders = new[] { ReadLoader(bytes[0x50..0x68]), ReadLoader(bytes[0x68..0x80]) };
        var nameLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x98..]);
        var name = nameLength == 0 ? null : ReadText(bytes, ReadPlace(bytes, 0x90), nameLength);
        var model = (Place: ReadPlace(bytes, 0x10), Length: ReadPlace(bytes, 0x18));
        if (model.Place < 0 || model.Length < 0 || model.Place > bytes.Length - model.Length)
        {
            throw Outside();
        }

        foreach (var loader in loaders)
        {
            var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x48..]);
            TreeBlock.Check(loader, version, bytes.Slice((int)model.Place, (int)model.Length));
        }

        return new ZipComponent(
            [.. loaders.Where(loader => loader.Length > 0)],
            name?.Split(',')[0].Trim(),
            ReadFirstText(bytes));
    }

    private static string ReadLoader(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(length < 0 ? bytes : bytes[..length]);
    }

    private static string? ReadFirstText(ReadOnlySpan<byte> bytes)
    {
        if (ReadPlace(bytes, 0x20) is not (> 0 and var table))
        {
            return null;
        }

        var end = table <= bytes.Length - sizeof(long)
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes[(int)table..])
            : throw Outside();
        return ReadText(bytes, ReadPlace(bytes, 0x30), Math.Clamp(end, 0, LongestName * sizeof(char)));
    }

    private static long ReadPlace(ReadOnlySpan<byte> bytes, int field) => BinaryPrimitives.ReadInt64LittleEndian(bytes[field..]);

    private static string ReadText(ReadOnlySpan<byte> bytes, long place, long length)
    {
        if (length > LongestName * sizeof(char) || place < 0 || place > bytes.Length - length)
        {
            throw Outside();
        }

        return Encoding.Unicode.GetString(bytes.Slice((int)place, (int)length));
    }

    private static InvalidDataException Outside() => new("the header of a component leads out of its file.");
}
