using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Bundles.MlNet;

/// <summary>Reads numbers and lists as ML.NET writes them: little-endian, a list after its length.</summary>
internal ref struct BlockReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Passes over some bytes.</summary>
    public ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException("the trees of a model are cut.");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    /// <summary>The next byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>The next 32-bit integer.</summary>
    public int Integer() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>The next list of 32-bit integers.</summary>
    public ReadOnlySpan<int> Integers() => MemoryMarshal.Cast<byte, int>(List(sizeof(int)));

    /// <summary>The bytes of the next list.</summary>
    /// <param name="size">Bytes of an element.</param>
    public ReadOnlySpan<byte> List(int size) => Take((long)Integer() * size);
}
