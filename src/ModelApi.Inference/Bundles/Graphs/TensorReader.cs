using System.Buffers.Binary;

namespace ModelApi.Inference.Bundles.Graphs;

/// <summary>Reads a TensorProto as far as its data can be checked against its shape.</summary>
/// <remarks>https://onnx.ai/onnx/repo-docs/IR.html#tensors; the numbers of the fields are those of onnx.proto.</remarks>
internal sealed class TensorReader
{
    /// <summary>TensorProto.DataLocation.EXTERNAL.</summary>
    private const int External = 1;

    private readonly List<long> _dimensions = [];
    private readonly long[] _counts = new long[12];
    private ReadOnlyMemory<byte>? _raw;
    private ReadOnlyMemory<byte> _numbers;

    private TensorReader()
    {
    }

    public string Name { get; private set; } = "";

    /// <summary>The number of its TensorProto.DataType.</summary>
    public int Type { get; private set; }

    public bool IsExternal { get; private set; }

    public IReadOnlyList<long> Dimensions => _dimensions;

    /// <summary>The number of elements that the shape says.</summary>
    /// <exception cref="InvalidDataException">A dimension is negative, or they multiply to more than memory could hold.</exception>
    public long Elements
    {
        get
        {
            var elements = 1L;
            foreach (var dimension in _dimensions)
            {
                if (dimension < 0)
                {
                    throw new InvalidDataException($"its shape has the negative length {dimension}.");
                }

                elements = dimension == 0 || elements <= int.MaxValue / dimension
                    ? elements * dimension
                    : throw new InvalidDataException("its shape has more elements than a file could hold.");
            }

            return elements;
        }
    }

    /// <exception cref="InvalidDataException">The message is no tensor.</exception>
    public static TensorReader Read(ProtobufReader fields)
    {
        var tensor = new TensorReader();
        while (fields.Read())
        {
            tensor.ReadField(fields);
        }

        return tensor;
    }

    /// <summary>Checks that the tensor holds as many elements as its shape says.</summary>
    /// <exception cref="InvalidDataException">It does not, or a dimension is negative.</exception>
    public void Check()
    {
        var elements = Elements;
        var (bits, field, parts) = Layout(Type);
        if (bits == 0)
        {
            return;
        }

        if (_raw is { } raw && Type != 8)
        {
            var expected = ((elements * bits) + 7) / 8;
            Require(raw.Length == expected, $"its shape needs {expected} bytes of data, and it has {raw.Length}.");
            return;
        }

        // Two numbers of four bits share an element, or do not: exporters differ.
        var count = _counts[field];
        Require(
            count == elements * parts || (bits == 4 && count == (elements + 1) / 2),
            $"its shape needs {elements * parts} numbers or texts, and it has {count}.");
    }

    /// <summary>The elements as 64-bit floats; for checked tensors of numbers.</summary>
    /// <returns>Null for a type that no shape and no tree is written in.</returns>
    public double[]? Numbers()
    {
        var elements = (int)Elements;
        if (_raw is null && Type is 2 or 3 or 6 or 7 or 9)
        {
            return Varints(elements);
        }

        var bytes = (_raw ?? _numbers).Span;
        var size = Layout(Type).Bits / 8;
        if (Type is not (1 or 2 or 3 or 6 or 7 or 9 or 11) || bytes.Length < (long)elements * size)
        {
            return null;
        }

        var numbers = new double[elements];
        for (var i = 0; i < elements; i++)
        {
            var element = bytes[(i * size)..];
            numbers[i] = Type switch
            {
                1 => BinaryPrimitives.ReadSingleLittleEndian(element),
                3 => (sbyte)element[0],
                6 => BinaryPrimitives.ReadInt32LittleEndian(element),
                7 => BinaryPrimitives.ReadInt64LittleEndian(element),
                11 => BinaryPrimitives.ReadDoubleLittleEndian(element),
                _ => element[0],
            };
        }

        return numbers;
    }

    // Bits of an element, the field of its data if that is not raw, and the parts of an element there.
    private static (int Bits, int Field, int Parts) Layout(int type) => type switch
    {
        1 => (32, 4, 1),
        2 or 3 or 9 or (>= 17 and <= 20) => (8, 5, 1),
        4 or 5 or 10 or 16 => (16, 5, 1),
        6 => (32, 5, 1),
        7 => (64, 7, 1),
        8 => (8, 6, 1),
        11 => (64, 10, 1),
        12 => (32, 11, 1),
        13 => (64, 11, 1),
        14 => (64, 4, 2),
        15 => (128, 10, 2),
        21 or 22 or 23 => (4, 5, 1),
        _ => (0, 0, 0),
    };

    private void ReadField(ProtobufReader field)
    {
        switch (field.Field)
        {
            case 1 when field.IsNumber: // dims
                _dimensions.Add(field.Number);
                break;
            case 1:
                _dimensions.AddRange(ProtobufReader.ReadIntegers(field.Content.Span));
                break;
            case 2: // data_type
                Type = (int)field.Number;
                break;
            case 4: // float_data
                AddNumbers(field, sizeof(float));
                break;
            case 10: // double_data
                AddNumbers(field, sizeof(double));
                break;
            case 5 or 7 or 11: // int32_data, int64_data, uint64_data
                _counts[field.Field] += field.IsNumber ? 1 : field.CountIntegers();
                _numbers = field.Content;
                break;
            case 6: // string_data
                _counts[6]++;
                break;
            case 8: // name
                Name = field.Text;
                break;
            case 9: // raw_data
                _raw = field.Content;
                break;
            case 13: // external_data
                IsExternal = true;
                break;
            case 14: // data_location
                IsExternal |= (int)field.Number == External;
                break;
        }
    }

    private void AddNumbers(ProtobufReader field, int size)
    {
        _counts[field.Field] += field.IsNumber ? 1 : field.Length / size;
        _numbers = field.Content;
    }

    private double[]? Varints(int elements)
    {
        // Packed in one piece, as protobuf writes it; other writers' shapes are left unread.
        var numbers = ProtobufReader.ReadIntegers(_numbers.Span);
        return numbers.Count == elements ? [.. numbers.Select(number => (double)number)] : null;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
