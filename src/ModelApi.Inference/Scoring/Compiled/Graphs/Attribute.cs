using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using ModelApi.Inference.Scoring.Compiled.Graphs.Onnx;

namespace ModelApi.Inference.Scoring.Compiled.Graphs;

/// <summary>One attribute of an ONNX node, read from AttributeProto: https://onnx.ai/onnx/repo-docs/IR.html#attributes.</summary>
/// <remarks>Loops over arrays, without a call for each element: when a server starts, no code is optimized yet.</remarks>
internal sealed class Attribute
{
    // Field numbers with wire types, as https://protobuf.dev/programming-guides/encoding has them.
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
    private int _next;

    private Attribute(byte[] bytes) => _bytes = bytes;

    public string Name { get; private set; } = "";

    public float? Float { get; private set; }

    public long? Integer { get; private set; }

    public string? Text { get; private set; }

    public Constant? Tensor { get; private set; }

    public float[] Floats { get; private set; } = [];

    public long[] Integers { get; private set; } = [];

    public Utf8List Texts { get; } = new();

    /// <exception cref="NotCompilableException">This is no attribute.</exception>
    public static Attribute Read(ByteString message)
    {
        var attribute = new Attribute(message.ToByteArray());
        attribute.Read();
        return attribute;
    }

    private void Read()
    {
        int floats = 0, integers = 0;
        while (_next < _bytes.Length)
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
                    Tensor = Constant.Read(CompiledTensor.Parser.ParseFrom(ReadContent()));
                    break;
                case FloatsTag:
                    Floats = WithRoom(Floats, floats);
                    Floats[floats++] = ReadFloat();
                    break;
                case PackedFloatsTag:
                    for (var end = ReadEnd(); _next < end;)
                    {
                        Floats = WithRoom(Floats, floats);
                        Floats[floats++] = ReadFloat();
                    }

                    break;
                case IntegersTag:
                    Integers = WithRoom(Integers, integers);
                    Integers[integers++] = ReadVarint();
                    break;
                case PackedIntegersTag:
                    for (var end = ReadEnd(); _next < end;)
                    {
                        Integers = WithRoom(Integers, integers);
                        Integers[integers++] = ReadVarint();
                    }

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

        Floats = Floats.AsSpan(0, floats).ToArray();
        Integers = Integers.AsSpan(0, integers).ToArray();
    }

    private static float[] WithRoom(float[] list, int count)
    {
        if (count < list.Length)
        {
            return list;
        }

        var longer = new float[Math.Max(4, count * 2)];
        Array.Copy(list, longer, count);
        return longer;
    }

    private static long[] WithRoom(long[] list, int count)
    {
        if (count < list.Length)
        {
            return list;
        }

        var longer = new long[Math.Max(4, count * 2)];
        Array.Copy(list, longer, count);
        return longer;
    }

    private long ReadVarint()
    {
        if (_next < _bytes.Length && _bytes[_next] < 0x80)
        {
            return _bytes[_next++];
        }

        var value = 0L;
        for (var shift = 0; shift < 64 && _next < _bytes.Length; shift += 7)
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
        if (_bytes.Length - _next < sizeof(float))
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

    // Where a list of packed numbers ends, which begins at the next byte.
    private int ReadEnd()
    {
        var start = ReadEnd(out var end);
        _next = start;
        return end;
    }

    private int ReadEnd(out int end)
    {
        var length = ReadVarint();
        if (length < 0 || length > _bytes.Length - _next)
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
            case 1 when _bytes.Length - _next >= sizeof(double):
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

    private static NotCompilableException Damaged() => new("an attribute of it is damaged");
}
