using System.Runtime.InteropServices;
using System.Text;

namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Reads the fields of one protobuf message, one after the other, without a copy.</summary>
/// <remarks>
/// For the few fields that are checked before a graph is loaded: a parser of whole messages takes longer to skip a million numbers than
/// ONNX Runtime does to load them. It uses an array and positions, because slices of spans are calls in code that is compiled ahead of
/// time, which is most of a start.
/// See https://protobuf.dev/programming-guides/encoding.
/// </remarks>
internal struct ProtobufReader
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;
    private const int None = -1;

    private readonly byte[] _bytes;
    private readonly int _end;
    private int _next;

    // The start of the field's content, or none; it ends where the next field begins.
    private int _content = None;

    public ProtobufReader(ReadOnlyMemory<byte> message)
    {
        var bytes = MemoryMarshal.TryGetArray(message, out var array) ? array : message.ToArray();
        (_bytes, _next, _end) = (bytes.Array!, bytes.Offset, bytes.Offset + bytes.Count);
    }

    private ProtobufReader(byte[] bytes, int start, int end) => (_bytes, _next, _end) = (bytes, start, end);

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The field's value where that is a whole number.</summary>
    public long Number { get; private set; }

    /// <summary>The bytes of the field's content; 0 where it has none.</summary>
    public readonly int Length => _content == None ? 0 : _next - _content;

    /// <summary>The field's content in the array that was read; empty where it has none.</summary>
    public readonly ReadOnlyMemory<byte> Content => _content == None ? default : _bytes.AsMemory(_content, _next - _content);

    /// <summary>Whether the field is a number.</summary>
    public readonly bool IsNumber => _content == None;

    /// <summary>The field's content as text; empty where it has none.</summary>
    public readonly string Text => _content == None ? "" : Encoding.UTF8.GetString(_bytes, _content, _next - _content);

    /// <summary>The field's content as a message.</summary>
    /// <exception cref="InvalidDataException">The field is a number.</exception>
    public readonly ProtobufReader Message => _content == None
        ? throw new InvalidDataException($"its field {Field} is a number where ONNX has a message.")
        : new ProtobufReader(_bytes, _content, _next);

    /// <summary>Counts the integers of a packed list.</summary>
    public readonly int CountIntegers()
    {
        // The last byte of each has its highest bit clear.
        var count = 0;
        foreach (var part in Content.Span)
        {
            count += part < 0x80 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Reads the integers of a packed list.</summary>
    public static List<long> ReadIntegers(ReadOnlySpan<byte> packed)
    {
        var integers = new List<long>();
        var value = 0UL;
        var shift = 0;
        foreach (var part in packed)
        {
            value |= (part & 0x7FUL) << shift;
            shift += 7;
            if (part < 0x80)
            {
                integers.Add((long)value);
                (value, shift) = (0, 0);
            }
        }

        return integers;
    }

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">This is no protobuf message.</exception>
    public bool Read()
    {
        if (_next == _end)
        {
            return false;
        }

        var tag = ReadVarint();
        if (tag >> 3 is 0 or > 536_870_911)
        {
            throw new InvalidDataException("it holds a field without a valid number.");
        }

        Field = (int)(tag >> 3);
        _content = None;
        switch (tag & 7)
        {
            case Varint:
                Number = (long)ReadVarint();
                break;
            case Fixed32:
                Skip(sizeof(uint));
                break;
            case Fixed64:
                Skip(sizeof(ulong));
                break;
            case LengthDelimited:
                var length = ReadVarint();
                _content = _next;
                Skip(length);
                break;
            default:
                throw new InvalidDataException("it holds a field of no known type.");
        }

        return true;
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64 && _next < _end; shift += 7)
        {
            var part = _bytes[_next++];
            value |= (part & 0x7FUL) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Truncated();
    }

    private void Skip(ulong length)
    {
        if (length > (ulong)(_end - _next))
        {
            throw Truncated();
        }

        _next += (int)length;
    }

    private static InvalidDataException Truncated() => new("it ends in the middle of a field.");
}
