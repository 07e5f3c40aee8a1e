using System.Collections.Frozen;
using System.Text;

namespace ModelApi.Inference.Signatures;

/// <summary>The known values of a categorical feature; a value's code is its index.</summary>
public sealed class CategoryTable
{
    /// <summary>The code of a value that is not in the table.</summary>
    public const int Unknown = -1;

    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codes;
    private readonly byte[][] _utf8;

    /// <summary>Builds the table.</summary>
    /// <param name="names">Distinct values, in the order that gives them their codes.</param>
    /// <exception cref="ArgumentException">A value occurs twice.</exception>
    public CategoryTable(IReadOnlyList<string> names)
    {
        Names = [.. names];
        _codes = Names.Select((name, code) => KeyValuePair.Create(name, code))
            .ToDictionary(StringComparer.Ordinal)
            .ToFrozenDictionary(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _utf8 = [.. Names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The values, by code.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The code of a value, or <see cref="Unknown"/>.</summary>
    public int CodeOf(ReadOnlySpan<char> name) => _codes.TryGetValue(name, out var code) ? code : Unknown;

    /// <summary>The UTF-8 bytes of the value with that code.</summary>
    public ReadOnlySpan<byte> Utf8(int code) => _utf8[code];
}
