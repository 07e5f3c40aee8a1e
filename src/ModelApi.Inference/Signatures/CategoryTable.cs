using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ModelApi.Inference.Signatures;

/// <summary>The known values of a categorical feature; a value's code is its index.</summary>
public sealed class CategoryTable
{
    /// <summary>The code of a value that is not in the table.</summary>
    public const int Unknown = -1;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codes;
    private readonly byte[][] _utf8;
    private readonly int[] _buckets;
    private readonly int _longest;

    /// <summary>Builds the table.</summary>
    /// <param name="names">Distinct values, in the order that gives them their codes.</param>
    /// <exception cref="ArgumentException">A value occurs twice.</exception>
    public CategoryTable(IReadOnlyList<string> names)
    {
        Texts = [.. names];
        var codes = new Dictionary<string, int>(Texts.Length, StringComparer.Ordinal);
        for (var code = 0; code < Texts.Length; code++)
        {
            codes.Add(Texts[code], code);
        }

        _codes = codes.GetAlternateLookup<ReadOnlySpan<char>>();
        _utf8 = [.. Texts.Select(Encoding.UTF8.GetBytes)];
        _longest = _utf8.Length == 0 ? 0 : _utf8.Max(name => name.Length);
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Names.Count * 2))];
        Array.Fill(_buckets, Unknown);
        for (var code = 0; code < _utf8.Length; code++)
        {
            _buckets[FindBucket(_utf8[code])] = code;
        }
    }

    /// <summary>The values, by code.</summary>
    public IReadOnlyList<string> Names => Texts;

    /// <summary><see cref="Names"/> as a span, for loops over many values.</summary>
    internal string[] Texts { get; }

    /// <summary>The code of a value, or <see cref="Unknown"/>.</summary>
    public int CodeOf(ReadOnlySpan<char> name) => _codes.TryGetValue(name, out var code) ? code : Unknown;

    /// <summary>The code of a value in UTF-8, or <see cref="Unknown"/>.</summary>
    public int CodeOf(ReadOnlySpan<byte> utf8) => utf8.Length <= _longest ? _buckets[FindBucket(utf8)] : Unknown;

    /// <summary>The UTF-8 bytes of the value with that code.</summary>
    public ReadOnlySpan<byte> Utf8(int code) => _utf8[code];

    // Open addressing: the value's own bucket, or the first free one after it. Half of the buckets are free.
    private int FindBucket(ReadOnlySpan<byte> utf8)
    {
        var bucket = (int)Hash(utf8) & (_buckets.Length - 1);
        while (_buckets[bucket] is var code and not Unknown && !utf8.SequenceEqual(_utf8[code]))
        {
            bucket = (bucket + 1) & (_buckets.Length - 1);
        }

        return bucket;
    }

    // Eight bytes at a time, of which the last may overlap those before them.
    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var hash = (ulong)utf8.Length;
        if (utf8.Length > 8)
        {
            for (var rest = utf8; rest.Length > 8; rest = rest[8..])
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest)) * Odd;
                hash ^= hash >> 32;
            }

            hash ^= BinaryPrimitives.ReadUInt64LittleEndian(utf8[^8..]);
        }
        else if (utf8.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(utf8)
                ^ ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(utf8[^4..]) << 32);
        }
        else if (utf8.Length > 0)
        {
            hash ^= ((ulong)utf8[0] << 8) | ((ulong)utf8[utf8.Length / 2] << 16) | ((ulong)utf8[^1] << 24);
        }

        return (uint)((hash * Odd) >> 32);
    }
}
