namespace ModelApi.Fuzz.Generation;

/// <summary>Reads and writes ONNX files as trees of fields, without the product's reader and without generated classes.</summary>
internal static class ProtobufMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    // Which fields of which messages are messages: https://onnx.ai/onnx/repo-docs/IR.html.
    private static readonly Dictionary<(string Message, int Field), string> Messages = new()
    {
        [("Model", 7)] = "Graph",
        [("Model", 8)] = "OperatorSet",
        [("Model", 14)] = "Entry",
        [("Graph", 1)] = "Node",
        [("Graph", 5)] = "Tensor",
        [("Graph", 11)] = "ValueInfo",
        [("Graph", 12)] = "ValueInfo",
        [("Graph", 13)] = "ValueInfo",
        [("Node", 5)] = "Attribute",
        [("Attribute", 5)] = "Tensor",
        [("Attribute", 6)] = "Graph",
        [("ValueInfo", 2)] = "Type",
        [("Type", 1)] = "TensorType",
        [("TensorType", 2)] = "Shape",
        [("Shape", 1)] = "Dimension",
    };

    public static List<ProtobufField> Read(ReadOnlySpan<byte> content, string message = "Model")
    {
        var fields = new List<ProtobufField>();
        while (content.Length > 0)
        {
            var tag = ReadVarint(ref content);
            var field = new ProtobufField((int)(tag >> 3), (int)(tag & 7));
            switch (field.WireType)
            {
                case Varint:
                    field.Value = ReadVarint(ref content);
                    break;
                case Fixed64:
                    field.Content = Take(ref content, 8);
                    break;
                case Fixed32:
                    field.Content = Take(ref content, 4);
                    break;
                case LengthDelimited:
                    field.Content = Take(ref content, (int)ReadVarint(ref content));
                    if (Messages.TryGetValue((message, field.Number), out var inner))
                    {
                        field.Fields = Read(field.Content, inner);
                    }

                    break;
                default:
                    throw new InvalidDataException("The file to be changed is no protobuf message.");
            }

            fields.Add(field);
        }

        return fields;
    }

    public static byte[] Write(List<ProtobufField> fields)
    {
        var output = new MemoryStream();
        foreach (var field in fields)
        {
            WriteVarint(output, ((ulong)field.Number << 3) | (uint)field.WireType);
            if (field.WireType == Varint)
            {
                WriteVarint(output, field.Value);
                continue;
            }

            var content = field.Fields is { } inner ? Write(inner) : field.Content;
            if (field.WireType == LengthDelimited)
            {
                WriteVarint(output, (ulong)content.Length);
            }

            output.Write(content);
        }

        return output.ToArray();
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> content)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = content[0];
            content = content[1..];
            value |= (part & 0x7FUL) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    private static byte[] Take(ref ReadOnlySpan<byte> content, int length)
    {
        var taken = content[..length].ToArray();
        content = content[length..];
        return taken;
    }

    private static void WriteVarint(MemoryStream output, ulong value)
    {
        while (value >= 0x80)
        {
            output.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        output.WriteByte((byte)value);
    }
}
