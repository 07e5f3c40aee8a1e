using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>One attribute of an ONNX node, read from AttributeProto: https://onnx.ai/onnx/repo-docs/IR.html#attributes.</summary>
/// <remarks>
/// Loops over arrays without a call per element: exporters write the lists of a forest one element at a time, millions of them, and
/// when a server starts, no code is optimized yet.
/// </remarks>
internal sealed class NodeAttribute
{
    // (field number << 3) | wire type, see https://protobuf.dev/programming-guides/encoding.
    private const int NameTag = (1 << 3) | 2;
    private const int FloatTag = (2 << 3) | 5;
    private const int IntegerTag = (3 << 3) | 0;
    private const int TextTag = (4 << 3) | 2;
    private const int TensorTag = (5 << 3) | 2;
    private const int PackedFloatsTag = (7 << 3) | 2;
    private const int FloatsTag = (7 << 3) | 5;
    private const int PackedIntegersTag = (8 << 3) | 2;
    private const int IntegersTag = (8 << 3) | 0;
    private const int TextsTag = (9 << 3) | 2;

    private readonly byte[] _bytes;
    private readonly int _end;
    private int _next;

    private NodeAttribute(byte[] bytes, int start, int end) => (_bytes, _next, _end) = (bytes, start, end);

    public string Name { get; private set; } = "";

    public float? Float { get; private set; }

    public long? Integer { get; private set; }

    public string? Text { get; private set; }

    /// <summary>A TensorProto, or null.</summary>
    public ReadOnlyMemory<byte>? Tensor { get; private set; }

    public float[] Floats { get; private set; } = [];

    public long[] Integers { get; private set; } = [];

    public Utf8List Texts { get; } = new();

    /// <exception cref="InvalidDataException">The message is no attribute.</exception>
    public static NodeAttribute Read(ReadOnlyMemory<byte> message)
    {
        // Not copied: attributes are nearly all of a file.
        var attribute = MemoryMarshal.TryGetArray(message, out var bytes)
            ? new NodeAttribute(bytes.Array!, bytes.Offset, bytes.Offset + bytes.Count)
            : new NodeAttribute(message.ToArray(), 0, message.Length);
        attribute.Read();
        return attribute;
    }

    private void Read()
    {
        while (_next < _end)
        {
            var tag = ReadVarint();
            switch (tag)
            {
                case NameTag:
                    Name = Encoding.UTF8.GetString(ReadContent());
                    break;
                case FloatTag:
                    Float = ReadFloat();
                    break;
                case IntegerTag:
                    Integer = ReadVarint();
                    break;
                case TextTag:
                    Text = Encoding.UTF8.GetString(ReadContent());
                    break;
                case TensorTag:
                    // Parsers merge tensors that are given one after the other, which no exporter does.
                    var first = ReadEnd(out var last);
                    Tensor = Tensor is null ? _bytes.AsMemory(first, last - first) : throw Damaged();
                    break;
                case FloatsTag:
                    _next--;
                    ReadFloats(_end, hasTags: true);
                    break;
                case PackedFloatsTag:
                    ReadFloats(ReadEnd(), hasTags: false);
                    break;
                case IntegersTag:
                    _next--;
                    ReadIntegers(_end, hasTags: true);
                    break;
                case PackedIntegersTag:
                    ReadIntegers(ReadEnd(), hasTags: false);
                    break;
                case TextsTag:
                    var start = ReadEnd(out var stop);
                    Texts.Add(_bytes, start, stop);
                    break;
                default:
                    Skip((int)(tag & 7));
                    break;
            }
        }
    }

    // Consecutive elements, either each with its tag or packed without tags.
    private void ReadFloats(int end, bool hasTags)
    {
        var size = hasTags ? 1 + sizeof(float) : sizeof(float);
        var (bytes, next) = (_bytes, _next);
        var count = 0;
        while (end - next >= (count + 1) * (long)size && (!hasTags || bytes[next + (count * size)] == FloatsTag))
        {
            count++;
        }

        var list = new float[Floats.Length + count];
        Array.Copy(Floats, list, Floats.Length);
        for (var i = 0; i < count; i++)
        {
            list[Floats.Length + i] = BitConverter.ToSingle(bytes, next + ((i + 1) * size) - sizeof(float));
        }

        Floats = list;
        _next = next + (count * size);
        if (count == 0 || (!hasTags && _next != end))
        {
            throw Damaged();
        }
    }

    private void ReadIntegers(int end, bool hasTags)
    {
        var (bytes, next) = (_bytes, _next);
        var list = new long[Integers.Length + CountIntegers(end, hasTags)];
        Array.Copy(Integers, list, Integers.Length);
        var count = Integers.Length;
        while (next < end && count < list.Length)
        {
            next += hasTags ? 1 : 0;
            if (next < end && bytes[next] < 0x80)
            {
                list[count++] = bytes[next++];
                continue;
            }

            var value = 0L;
            byte part;
            var shift = 0;
            do
            {
                if (next >= end || shift > 63)
                {
                    throw Damaged();
                }

                part = bytes[next++];
                value |= (part & 0x7FL) << shift;
                shift += 7;
            }
            while (part >= 0x80);

            list[count++] = value;
        }

        _next = next;
        Integers = list;
        if (count < list.Length || (!hasTags && next != end))
        {
            throw Damaged();
        }
    }

    // The last byte of each integer has its highest bit clear.
    private int CountIntegers(int end, bool hasTags)
    {
        var (bytes, next) = (_bytes, _next);
        var count = 0;
        while (next < end && (!hasTags || bytes[next] == IntegersTag))
        {
            next += hasTags ? 1 : 0;
            while (next < end && bytes[next] >= 0x80)
            {
                next++;
            }

            next++;
            count++;
        }

        return count;
    }

    private long ReadVarint()
    {
        if (_next < _end && _bytes[_next] < 0x80)
        {
            return _bytes[_next++];
        }

        var value = 0L;
        for (var shift = 0; shift < 64 && _next < _end; shift += 7)
        {
            var part = _bytes[_next++];
            value |= (part & 0x7FL) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private float ReadFloat()
    {
        if (_end - _next < sizeof(float))
        {
            throw Damaged();
        }

        var value = BinaryPrimitives.ReadSingleLittleEndian(_bytes.AsSpan(_next));
        _next += sizeof(float);
        return value;
    }

    private ReadOnlySpan<byte> ReadContent()
    {
        var start = ReadEnd(out var end);
        return _bytes.AsSpan(start, end - start);
    }

    // Moves to the first byte of a packed list and returns the end of the list.
    private int ReadEnd()
    {
        var start = ReadEnd(out var end);
        _next = start;
        return end;
    }

    private int ReadEnd(out int end)
    {
        var length = ReadVarint();
        if (length < 0 || length > _end - _next)
        {
            throw Damaged();
        }

        var start = _next;
        _next += (int)length;
        end = _next;
        return start;
    }

    private void Skip(int wireType)
    {
        switch (wireType)
        {
            case 0:
                ReadVarint();
                break;
            case 1 when _end - _next >= sizeof(double):
                _next += sizeof(double);
                break;
            case 2:
                ReadEnd(out _);
                break;
            case 5:
                ReadFloat();
                break;
            default:
                throw Damaged();
        }
    }

    private static InvalidDataException Damaged() => new("it has a damaged attribute.");
}
